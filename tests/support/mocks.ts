import * as pulumi from "@pulumi/pulumi";

export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * Pulumi's mocks, recording what is registered. `preview` leaves every computed output unknown, which catches values
 * that decide the graph without being known. What mocks never show: parents, dependsOn, protect, deleteBeforeReplace.
 */
export async function recorder(preview: boolean, gateSays?: string): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        recorded.push({ type, name, inputs: inputs as Record<string, unknown> });
        if (preview) return { id: undefined, state: {} };
        const outputs: Record<string, string> = { name: `${name}-name`, arn: `arn:aws:mock:::${name}`, hex: "c0ffee", stdout: gateSays ?? proofFor(inputs as { triggers?: unknown[] }), prefixListId: "pl-1", result: "made-up", vmId: `${name}-vm-id`, clientId: "client", principalId: "principal" };
        return { id: `${name}-id`, state: { ...outputs, ...(inputs as object) } };
      },
      call: ({ token }) => {
        throw new Error(`the program calls ${token}, which nobody expected`);
      },
    },
    "secure-winrm",
    "test",
    preview,
  );
  return recorded;
}

/** What a gate that has passed prints: its triggers carry the hash that it was asked to prove. */
const proofFor = ({ triggers }: { triggers?: unknown[] }): string => JSON.stringify({ verdict: "pass", gate: triggers?.[1] });

/** Waits until nothing more is registered. */
export async function settled(recorded: readonly Recorded[]): Promise<void> {
  for (let before = -1; before !== recorded.length; ) {
    before = recorded.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
