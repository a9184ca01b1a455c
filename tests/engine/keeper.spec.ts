import { expect } from "chai";
import { join } from "node:path";
import { startChannels, type Channels } from "../../sandbox/channels";
import { CloudStore } from "../../sandbox/store/store";
import { CLOUDS, Doors, failing } from "../support/doors";
import { run, type Run } from "../support/engine";

/** Real engine, emulated clouds, the commands as processes: hosts that shut themselves while nobody deploys, and people who open them again. */
describe("keeper (engine, simulated)", () => {
  let doors: Doors;
  let channels: Channels;

  before(async () => {
    doors = await Doors.built();
    await doors.succeeds();
    channels = await startChannels(new CloudStore(doors.stack.cloud));
  });
  after(() => {
    channels.close();
    doors.stack.remove();
  });

  const cli = (...args: string[]): Promise<Run> =>
    run(process.execPath, ["--import", "tsx", join("cli", "main.ts"), ...args, "--stack", "test"], { ...doors.stack.environment, ...channels.environment });
  const each = async (work: (host: string) => Promise<Run>, code: number, says: string): Promise<void> => {
    for (const { spoilt } of CLOUDS) {
      const ended = await work(spoilt);
      expect(ended.output, spoilt).to.include(says);
      expect(ended.code, ended.output).to.equal(code);
    }
  };

  it("shuts a host that fails twice between deployments, and says so to whoever looks; the others stay as they are", async () => {
    doors.stack.faults(failing("kerberos-or-ntlm"));
    doors.cloud.runTasks();
    await each((host) => cli("verdict", host), 1, "kerberos-or-ntlm");
    doors.cloud.runTasks();
    await each((host) => cli("verdict", host), 1, "quarantine: the host has shut its own port");
    for (const { other } of CLOUDS) expect((await cli("verdict", other)).code, other).to.equal(0);
  });

  it("stays shut for a release that comes too early", () => each((host) => cli("release", host), 1, "still in quarantine"));

  it("opens for somebody who asks, and shuts again when that is over", async () => {
    await each((host) => cli("pause", host, "--hours", "1", "--reason", "new cipher suites", "--by", "J. Doe"), 0, "quarantine is paused until");
    doors.cloud.runTasks();
    await each((host) => cli("release", host), 1, "not in quarantine, which is paused until");
    await each((host) => cli("resume", host), 0, "the host is in quarantine");
  });

  it("opens when it is mended and released", async () => {
    doors.stack.faults([]);
    await each((host) => cli("release", host), 0, "not in quarantine, and everything that the door waits for passes");
    await each((host) => cli("verdict", host), 0, ": pass");
  });
});
