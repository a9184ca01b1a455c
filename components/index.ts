/** What is public. Everything else may change without notice. */
export { Fleet as AwsFleet } from "./aws/fleet";
export type { FleetArgs as AwsFleetArgs } from "./aws/args";
export { stackArgs, type StackArgs } from "./stack";
