import * as pulumi from "@pulumi/pulumi";
import { AwsFleet, AzureFleet, stackArgs } from "./components";

// Every problem of the stack file is told at once, before any resource is registered.
const { aws, azure } = stackArgs();

const fleets = [aws && new AwsFleet("aws", aws), azure && new AzureFleet("azure", azure)];

export const hosts = pulumi.all(fleets.map((fleet) => fleet?.addresses ?? {})).apply((addresses) => Object.assign({}, ...addresses) as object);
