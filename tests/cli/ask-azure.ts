import { expect } from "chai";
import { startArm, type ArmServer, type Call, type Operation } from "./arm-server";
import { azureRequest, estate, VM_ID, type Book, type Estate } from "./azure";
import { GATE, GENERATION, NODES } from "./guest";
import { asked, inProcess, type Asked as SomethingAsked } from "./runner";

/** The reader's questions about one host in Azure. */
export interface Asked extends SomethingAsked<Call> {
  readonly book: Book;
  readonly took: number;
}

interface How {
  readonly task?: string;
  readonly request?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly runner?: typeof inProcess;
}

const environment = (server: ArmServer, request: object): Record<string, string> => ({
  SECURE_WINRM_ARM_ENDPOINT: server.url,
  SECURE_WINRM_REQUEST: JSON.stringify(request),
  SECURE_WINRM_INSTANCE: VM_ID.toUpperCase(),
});

export async function ask(hosts: Estate = {}, { task = "gate", request = azureRequest(), env = {}, runner = inProcess }: How = {}): Promise<Asked> {
  const book = estate(hosts);
  const server = await startArm(book.handlers);
  const start = performance.now();
  const ended = await asked(server, runner, task, { ...environment(server, request), ...env });
  return { ...ended, book, took: performance.now() - start };
}

export const SHORT = { request: azureRequest({ timeoutMinutes: 0.02 }) };
export const operations = ({ calls }: Asked): Operation[] => calls.map(({ operation }) => operation);
export const puts = ({ calls }: Asked): Call[] => calls.filter(({ operation }) => operation === "PutRun");
export const LINE = `{"host":"web-1","instance":"${VM_ID}","gate":"${GATE}","generation":"${GENERATION}","nodes":"${NODES}","verdict":"pass","controls":{"https-listener":"pass","no-http-listener":"pass"},"simulated":true}\n`;
export const SHUT = `web-1 (${VM_ID}): its answer does not count, the door stays shut`;

/** Nobody gets in, and nothing is left on the machine. */
export function refused(all: Asked, ...texts: readonly string[]): void {
  expect(all).to.include({ code: 1, stdout: "" });
  for (const text of texts) expect(all.stderr).to.include(text);
  expect([...all.book.standing.keys()]).to.deep.equal([]);
}
