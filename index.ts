import * as pulumi from "@pulumi/pulumi";
import { AwsFleet, stackArgs } from "./components";

// Every problem of the stack file is told at once, before any resource is registered.
const { aws, ...common } = stackArgs();

const fleet = aws && new AwsFleet("aws", { ...common, aws });

export const hosts = fleet?.addresses ?? pulumi.output({});
