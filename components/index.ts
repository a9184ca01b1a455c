/** What is public. Everything else may change without notice. */
export type { AwsFleetArgs } from "./aws/args";
export { AwsFleet } from "./aws/fleet";
export type { AzureFleetArgs } from "./azure/args";
export { AzureFleet } from "./azure/fleet";
export { stackArgs, type StackArgs } from "./stack";
