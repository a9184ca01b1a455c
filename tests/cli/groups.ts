import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INGRESS_RULE, SECURITY_GROUP } from "../../sandbox/aws/types";
import { startEc2Endpoint } from "../../sandbox/ec2/http";
import type { JsonRecord } from "../../sandbox/store/json";
import { CloudStore } from "../../sandbox/store/store";
import { DOOR_GROUP } from "./guest";

export interface Group {
  readonly url: string;
  readonly store: CloudStore;
  /** Ids of the rules in it. */
  readonly rules: () => string[];
  readonly close: () => void;
}

/** A host's own group in the sandbox's EC2, with these rules by their ids. */
export async function groupOf(rules: Readonly<Record<string, JsonRecord>> = {}): Promise<Group> {
  const root = mkdtempSync(join(tmpdir(), "sandbox-group-"));
  const store = new CloudStore(root);
  store.put({ type: SECURITY_GROUP, id: DOOR_GROUP, name: "web-1-door-group", properties: { name: "door" } });
  for (const [id, properties] of Object.entries(rules)) store.put({ type: INGRESS_RULE, id, name: "web-1-door", properties: { securityGroupId: DOOR_GROUP, ...properties } });
  const endpoint = await startEc2Endpoint(store);
  return {
    url: endpoint.url,
    store,
    rules: () => store.list(INGRESS_RULE).map(({ id }) => id),
    close: () => {
      endpoint.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export const writeFaults = ({ store }: Group, faults: readonly object[]): void => writeFileSync(join(store.root, "account.json"), JSON.stringify({ faults }));
