import { enforced } from "../controls/catalogue";
import { standingExceptions } from "../controls/standing";
import { json, link } from "../graph/planned";
import { gateHash, type GuestDocument, type HostParameters } from "../guest/document";
import type { Settings } from "../settings/settings";
import type { Cloud } from "./naming";
import { plan, type CommonPlanned } from "./types";

/** How the reader reaches a cloud's machines; each cloud fills in what its control channel needs. */
export interface ControlChannel {
  readonly cloud: Cloud;
  readonly [key: string]: unknown;
}

/** What seal, gate and audit of one host are made from. */
export interface Proving {
  readonly settings: Settings;
  readonly name: string;
  readonly document: GuestDocument;
  readonly parameters: HostParameters;
  /** Command line of the gate's reader, relative to the program's folder so that it is the same on every machine. */
  readonly reader: string;
  readonly channel: ControlChannel;
  /** The host's own group by its cloud's id: preparation and gate shut what they find open in there, before they ask anything. */
  readonly doorGroup: ReturnType<typeof link>;
  /** The machine's own id, as it tells it of itself: a replaced machine has another. */
  readonly machine: ReturnType<typeof link>;
  /** The reader's further environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Name of the planned command that prepares the host, where there is one: gate and door go before it runs anew. */
  readonly preparation?: string;
  /** Without these the host has nothing to be configured with. */
  readonly needs: readonly string[];
  /**
   * What stands while the doors of the ring before are open: this host's door closes only after that. Seal, gate and door
   * each need it, because the engine deletes gate and door with the seal, and spares only what itself needs something failed.
   */
  readonly ringBefore: readonly string[];
}

export const sealName = (host: string): string => `${host}-seal`;
export const gateName = (host: string): string => `${host}-gate`;

/** The hash that the gate of a host must prove. */
export const provenBy = ({ document, parameters }: Pick<Proving, "document" | "parameters">): string => gateHash(document, parameters);

/**
 * No cloud object: it is replaced when what the gate vouches for changes, and because gate and door hang on it, the
 * door is gone before interface or guest are touched.
 */
export function seal(context: Proving): CommonPlanned {
  const { name, ringBefore } = context;
  return plan("random:index/randomId:RandomId", sealName(name), { byteLength: 8, keepers: { gate: provenBy(context) } }, { host: name, needs: ringBefore, deleteBeforeReplace: true });
}

const TIMEOUT_MINUTES = 45;

const NEVER = "9999-12-31";

/** What never ends stands in the answers too: they are read apart from the summary. */
function exceptionsOf(settings: Settings, host: string): readonly object[] {
  const approved = settings.exceptions.filter((exception) => exception.hosts?.includes(host) ?? true);
  const standing = new Set(standingExceptions(settings).map(({ control }) => control));
  return [...approved.map(({ control, expires }) => ({ control, expires })), ...[...standing].map((control) => ({ control, expires: NEVER }))];
}

function hostRequest(context: Proving): object {
  const { settings, name, channel, doorGroup, parameters } = context;
  return {
    ...channel,
    host: name,
    doorGroup,
    parameters,
    gate: provenBy(context),
    exceptions: exceptionsOf(settings, name),
    controls: enforced.filter((control) => control.gate).map((control) => control.id),
    reported: enforced.filter((control) => !control.gate).map((control) => control.id),
    timeoutMinutes: TIMEOUT_MINUTES,
  };
}

const environmentOf = ({ machine, environment }: Proving, request: ReturnType<typeof json>): Record<string, ReturnType<typeof link> | string> => ({
  SECURE_WINRM_REQUEST: request,
  SECURE_WINRM_INSTANCE: machine,
  ...environment,
});

// The reader's text stands in the error already; logged, it would be printed twice.
const QUIET = { logging: "none", addPreviousOutputInEnv: false } as const;

/**
 * Closes the host from inside and lets it trust the organisation's roots, before anything is installed that needs
 * them. A create that fails leaves no state, so the next deployment asks again; a cloud's own run command would not run
 * a second time for the same request.
 */
export function prepareCommand(context: Proving): CommonPlanned {
  const { name, reader, machine, needs } = context;
  return plan("command:local:Command", `${name}-prepare`, {
    create: `${reader} prepare`,
    // Left out, an update would run `create` again: it would close the host behind its open door, and take the door away.
    update: `${reader} prepared`,
    environment: environmentOf(context, json(hostRequest(context))),
    triggers: [machine, provenBy(context)],
    ...QUIET,
  }, { host: name, needs: [...needs, sealName(name)], deleteBeforeReplace: true });
}

/**
 * The gate. A create that fails leaves no state, so the next deployment asks again: neither `refresh` nor a second
 * `up` opens the door. What is not vouched for (a longer time-out, an exception's new date) is an update, and that says
 * what the gate has said: a gate run with an open door would cut sessions, and the audit looks anyway.
 */
export function gateCommand(context: Proving): CommonPlanned {
  const { name, reader, machine, preparation, needs, ringBefore } = context;
  return plan("command:local:Command", gateName(name), {
    create: `${reader} gate`,
    update: `${reader} proven`,
    environment: environmentOf(context, json(hostRequest(context))),
    triggers: [machine, provenBy(context), link(sealName(name), "hex"), ...(preparation === undefined ? [] : [link(preparation)])],
    ...QUIET,
    addPreviousOutputInEnv: true,
  }, { host: name, needs: [...needs, ...ringBefore], deleteBeforeReplace: true });
}

/**
 * Applies and audits every other change, with the door open; never touches the door. Whatever it is asked otherwise than
 * before, and each new door, takes the old one away first: a failed audit must not leave an earlier pass in the state.
 */
export function auditCommand(context: Proving): CommonPlanned {
  const { name, reader, machine, document } = context;
  const request = json({ ...hostRequest(context), generation: document.generation });
  return plan("command:local:Command", `${name}-audit`, {
    create: `${reader} audit`,
    environment: environmentOf(context, request),
    triggers: [machine, document.generation, link(`${name}-door`), request],
    ...QUIET,
  }, { host: name, needs: [`${name}-door`], deleteBeforeReplace: true });
}

export interface Uptake {
  readonly settings: Settings;
  readonly name: string;
  readonly profile: string;
  readonly reader: string;
  readonly channel: ControlChannel;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodesHash: string;
  readonly needs: readonly string[];
}

/** Asks every proven host of a profile whether it has taken up the node list; one command, however many hosts there are. */
export function uptakeCommand({ settings, name, profile, reader, channel, environment, nodesHash, needs }: Uptake): CommonPlanned {
  return plan("command:local:Command", name, {
    create: `${reader} uptake`,
    environment: {
      SECURE_WINRM_REQUEST: json({ ...channel, fleet: settings.fleet, profile, nodesHash, timeoutMinutes: TIMEOUT_MINUTES }),
      ...environment,
    },
    triggers: [nodesHash],
    ...QUIET,
  }, { needs });
}
