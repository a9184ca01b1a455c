import { sameAddress } from "./address";
import { sha256 } from "./document";
import { judged, type Handler, type Judgement, type ResourceOf } from "./handler";
import { SYSTEM } from "./sids";
import { folded, type Channel, type HostState, type Task } from "./state";
import { WindowsError } from "./winrm";

/** Event channels, tasks, addresses, updates. */

export const eventLog: Handler<ResourceOf<"eventLog">, Channel | undefined> = {
  get: ({ state }, { channel }) => state.channels[folded(channel)],
  test: (_machine, { minimumBytes }, found) =>
    judged(found?.enabled === true && found.bytes >= minimumBytes, `on, at least ${minimumBytes} bytes`, found ? `${found.enabled ? "on" : "off"}, ${found.bytes} bytes` : "absent"),
  set: ({ state }, { channel, minimumBytes }) => {
    const found = state.channels[folded(channel)];
    if (!found) throw new WindowsError(`there is no channel ${channel}`);
    found.enabled = true;
    found.bytes = Math.max(found.bytes, minimumBytes);
  },
};

const taskText = ({ everyMinutes, atStartup, onRenewal, enabled, user }: Task, script: string): string =>
  `${enabled ? "" : "disabled, "}every ${everyMinutes} minutes${atStartup ? ", at start-up" : ""}${onRenewal ? ", on renewal" : ""}, as ${user}, script ${script}`;

export const scheduledTask: Handler<ResourceOf<"scheduledTask">, Task | undefined> = {
  get: ({ state }, { name }) => state.tasks[folded(name)],
  test: ({ state, script }, { everyMinutes, atStartup, onRenewal }, found) => {
    const wanted = taskText({ everyMinutes, atStartup, onRenewal, enabled: true, user: SYSTEM }, sha256(script));
    const text = found ? taskText(found, sha256(state.kept.text)) : "absent";
    return judged(text === wanted, wanted, text);
  },
  set: ({ state, script, cloud }, { name, everyMinutes, atStartup, onRenewal }) => {
    state.kept = { text: script, hash: sha256(script), given: { ...cloud.given } };
    state.tasks[folded(name)] = { everyMinutes, atStartup, onRenewal, enabled: true, user: SYSTEM };
  },
};

const missing = (state: HostState, wanted: readonly string[]): string[] => wanted.filter((address) => !state.addresses.some((own) => sameAddress(own, address)));

export const addresses: Handler<ResourceOf<"addresses">, readonly string[]> = {
  get: ({ state }) => state.addresses,
  test: (machine, resource, found) => {
    const wanted = machine.values(resource.addresses);
    return judged(missing(machine.state, wanted).length === 0, wanted.join(", "), found.join(", "));
  },
  /** Entered one by one; what costs the way to the cloud is taken away again, because nobody else could mend it. */
  set: (machine, resource) => {
    const { state, cloud } = machine;
    for (const address of missing(state, machine.values(resource.addresses))) {
      state.entered.push(address);
      state.addresses.push(address);
      machine.record("set", `address ${address}`, "absent", "entered");
      if (cloud.reachable?.(state.addresses) ?? true) continue;
      state.entered = state.entered.filter((one) => one !== address);
      state.addresses = state.addresses.filter((one) => one !== address);
      machine.record("set", `address ${address}`, "entered", "taken away");
      throw new WindowsError(`the metadata service does not answer once ${address} is entered; it was taken away again`);
    }
  },
};

const DAY = 86_400_000;

/** `20348.2700` against `20348.169`: by numbers, not by letters. */
function isAtLeast(build: string, minimum: string): boolean {
  const parts = (text: string): [number, number] => [Number(text.split(".")[0]), Number(text.split(".")[1] ?? 0)];
  const [[ours, update], [theirs, least]] = [parts(build), parts(minimum)];
  return ours > theirs || (ours === theirs && update >= least);
}

export const updates: Handler<ResourceOf<"updates">, HostState["updates"]> = {
  get: ({ state }) => state.updates,
  test: ({ cloud }, { maximumAgeDays, minimumBuild }, { build, installed }): Judgement => {
    if (minimumBuild !== "") return judged(isAtLeast(build, minimumBuild), `build ${minimumBuild} or newer`, `build ${build}`);
    const age = Math.floor((Date.parse(cloud.now) - Date.parse(installed)) / DAY);
    return judged(age <= maximumAgeDays, `last update at most ${maximumAgeDays} days old`, `${age} days, build ${build}`);
  },
};
