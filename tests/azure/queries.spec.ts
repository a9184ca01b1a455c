import { expect } from "chai";
import fc from "fast-check";
import { runQuery } from "../../sandbox/azure/kql/run";
import { azureStacks, exampleAzure, planOf } from "../support/azure";
import { approved, jeaOf } from "../support/stacks";
import { kustoProblems } from "./kusto";

const ACTIONS = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.Insights/actionGroups/oncall";

/** Queries of a stack's rules, with the columns that tell their alerts apart. */
function queriesOf(stack: ReturnType<typeof exampleAzure>): { readonly query: string; readonly dimensions: readonly string[] }[] {
  return planOf(stack).flatMap((planned) => {
    if (planned.type !== "azure-native:monitor:ScheduledQueryRule") return [];
    const { allOf } = planned.inputs.criteria as { readonly allOf: readonly { readonly query: string; readonly dimensions: readonly { readonly name: string }[] }[] };
    return allOf.map(({ query, dimensions }) => ({ query, dimensions: dimensions.map(({ name }) => name) }));
  });
}

/** Every way in which a query is put together. */
const stacks = ["kerberos", "ntlm", "endpoint", "jea"].map((kind) => {
  const stack = exampleAzure();
  stack.azure.alerts = { actionGroupId: ACTIONS };
  stack.azure.resourceGroup = "rg.(shop)_1";
  stack.exceptions = [approved("up-to-date", 'a "quoted" \\ word')];
  if (kind === "ntlm") {
    stack.account = { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm" };
    stack.exceptions.push(approved("remoting-user-only", "local-account-token-filter"));
  }
  if (kind === "endpoint") {
    stack.account = { name: "svc-ansible@CORP.EXAMPLE", transport: "kerberos", plugin: "psrp", escalation: "endpoint" };
    stack.exceptions.push(approved("runas-escalation", "endpoint-recorded"));
  }
  if (kind === "jea") {
    stack.jea = [jeaOf(1)];
    stack.exceptions.push(approved("remoting-user-only", "jea-endpoint"));
  }
  return [kind, stack] as const;
});

describe("queries of alerts in Azure", () => {
  let problems: (query: string) => string[];
  before(function () {
    // Kusto's language service is 5 MB of script.
    this.timeout(60_000);
    problems = kustoProblems();
  });

  for (const [kind, stack] of stacks) {
    it(`are ones that Kusto's own parser takes: ${kind}`, () => {
      const queries = queriesOf(stack);
      expect(queries).to.have.length(7);
      for (const { query } of queries) expect(problems(query), query).to.deep.equal([]);
    });
  }

  for (const [what, query] of [["a column that is not there", "Event | where EventIdd == 1"], ["a table that is not there", "Events | where EventID == 1"], ["half a query", "Event | where ("], ["a function that is not there", "Event | where isnotthere(Source)"]] as const) {
    it(`are told from ${what}, by Kusto and by the sandbox`, () => {
      expect(problems(query)).to.not.deep.equal([]);
      expect(() => runQuery(query, { now: 0, rows: () => [] })).to.throw(/KQL/);
    });
  }

  it("give the columns that their alerts are told apart by, whatever the stack", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        stack.azure.alerts = { actionGroupId: ACTIONS };
        for (const { query, dimensions } of queriesOf(stack)) expect([...runQuery(query, { now: 0, rows: () => [] }).columns]).to.include.members([...dimensions]);
      }),
      { numRuns: 25 },
    );
  });
});
