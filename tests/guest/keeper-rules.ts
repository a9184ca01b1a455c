import { HTTPS_PORT } from "../../components/controls/https-listener";
import { HTTP_PORTS } from "../../components/controls/no-http-listener";
import { EVENT_LOG, EVENT_SOURCE, EVENTS } from "../../components/guest/events";
import { KEEPER_ROWS, QUARANTINE_RULE } from "../../components/guest/keeper";
import type { Node } from "web-tree-sitter";
import { assigned, commands, entries, functions, isInside, lineOf, nodes, ofType, stringsIn, type Syntax } from "./powershell-syntax";

/** What the keeper in the guest script must and must not do, each as a list of what breaks it. */

const body = (script: Syntax, name: string): Node => {
  const found = functions(script).get(name);
  if (!found) throw new Error(`${name} is gone`);
  return found;
};

const calls = (script: Syntax, name: string): string[] => commands(body(script, name)).map((command) => command.name);

/** In which functions a command stands whose text fits; `""` for none. */
function places(script: Syntax, fits: (text: string) => boolean): string[] {
  const owners = [...functions(script)];
  return commands(script.root)
    .filter(({ node }) => fits(node.text))
    .map(({ node }) => owners.find(([, owner]) => isInside(node, owner))?.[0] ?? "");
}

/** What the script gives a variable at its top, as its text. */
export function text(script: Syntax, variable: string): string {
  const node = ofType(script.root, "assignment_expression").find((one) => ofType(one, "left_assignment_expression")[0]?.text === variable);
  return (node && ofType(node, "string_literal")[0]?.text.slice(1, -1).replaceAll("''", "'")) ?? "";
}

const only = (found: readonly string[], wanted: readonly string[], what: string): string[] =>
  [...new Set(found)].sort().join(", ") === [...wanted].sort().join(", ") ? [] : [`${what}: ${found.join(", ")}`];

export const KEEPER_RULES: Readonly<Record<string, (script: Syntax) => string[]>> = {
  "it says every event that others wait for, as the one table has it, and no other": (script) => {
    const table = assigned(script, "$EventTable");
    const found = [...(table ? entries(table) : [])].map(([name, value]) => `${name} ${value.text.replace(/[@()' ]/g, "")}`);
    // Either by name, or chosen by the verdict.
    const used = commands(script.root).filter(({ name }) => name === "Write-Event").flatMap(({ node }) => {
      const named = /^Write-Event '(\w+)' /.exec(node.text)?.[1];
      return named === undefined ? stringsIn(node) : [named];
    });
    return [
      ...only(found, Object.entries(EVENTS).map(([name, { id, level }]) => `${name} ${id},${level}`), "the table"),
      ...Object.keys(EVENTS).filter((name) => !used.includes(name)).map((name) => `nobody says ${name}`),
      ...(text(script, "$EventSource") === EVENT_SOURCE && text(script, "$EventLog") === EVENT_LOG ? [] : ["another source or log"]),
    ];
  },

  "writing an event never makes a run fail": (script) => {
    const writer = body(script, "Write-Event");
    const [attempt] = ofType(writer, "try_statement");
    const outside = commands(writer).filter(({ node }) => !attempt || !isInside(node, attempt));
    const logs = ofType(script.root, "type_name").filter((node) => /EventLog$/i.test(node.text) && !isInside(node, body(script, "Write-EventEntry")));
    return [...(attempt ? [] : ["nothing is tried"]), ...outside.map(({ node }) => lineOf(node)), ...(attempt?.text.includes("throw") ? ["it throws"] : []), ...logs.map(lineOf), ...only(places(script, (one) => one.startsWith("Write-EventEntry")), ["Write-Event"], "Write-EventEntry")];
  },

  "every run that maintains says how it ended, before its verdict": ({ root }) => {
    const lines = root.text.trimEnd().split("\n").filter((line) => !line.startsWith("#"));
    const last = lines.at(-3) ?? "";
    return last === "if ($SecureWinrm.Mode -eq 'Apply' -and @('Maintenance', 'Pause', 'Resume') -contains $SecureWinrm.Run) { Write-RunEvents (Get-VerdictLine) }" ? [] : [last];
  },

  "it interprets the table: no condition, verdict or action of it is in the script but where one acts": (script) => {
    const interpreter = body(script, "Select-KeeperRow");
    const conditions = new Set(KEEPER_ROWS.flatMap((row) => Object.keys(row)).filter((key) => key !== "door" && key !== "failed"));
    const values = new Set<unknown>(KEEPER_ROWS.flatMap((row): unknown[] => Object.values(row)));
    const given = [...entries(ofType(body(script, "Close-Keeper"), "hash_literal_expression")[0] ?? interpreter).keys()];
    const acted = stringsIn(body(script, "Close-Keeper"));
    return [
      // `at least` has to be known by name.
      ...stringsIn(interpreter).filter((word) => word !== "failedBefore" && (conditions.has(word) || values.has(word))).map((word) => `the interpreter knows ${word}`),
      ...[...conditions].filter((key) => !given.includes(key)).map((key) => `nobody says ${key}`),
      ...[...new Set(KEEPER_ROWS.map(({ door }) => door))].filter((door) => !acted.includes(door)).map((door) => `nobody does ${door}`),
    ];
  },

  "what somebody has asked for, and what goes on shutting, comes before a repair that could open; the decision after the audit": (script) => {
    const order = calls(script, "Invoke-MaintenanceRun").filter((name) => ["Set-Step", "Open-Keeper", "Set-Shut", "Close-Keeper", "Write-CertificateEvent", "Save-Keeper", "Save-Proof", "Set-Resource"].includes(name)).join(" ");
    return order === "Set-Step Open-Keeper Set-Step Set-Shut Set-Step Set-Resource Close-Keeper Write-CertificateEvent Save-Keeper Save-Proof" ? [] : [order];
  },

  "it opens in one place, after an audit that passed or while a pause lasts": (script) => [
    ...only(places(script, (one) => one.startsWith("Set-ListenerOn $true")), ["Close-Keeper", "Stop-Quarantine"], "listeners are switched on"),
    ...only(places(script, (one) => one.startsWith("Remove-Rule $QuarantineRule")), ["Stop-Quarantine"], "the rule is removed"),
    ...only(places(script, (one) => one === "Stop-Quarantine"), ["Close-Keeper", "Clear-Keeper"], "quarantine ends"),
    ...only(places(script, (one) => one === "Clear-Keeper"), ["Invoke-GateRun"], "a gate run clears"),
    ...(calls(script, "Invoke-GateRun").join(" ").endsWith("Get-Audit Clear-Keeper Save-Proof Close-Door Close-Listener") ? [] : ["a gate run clears before its audit, or after its proof"]),
  ],

  "quarantine shuts WinRM's ports by a rule of its own, then by the listener, then by the service": (script) => {
    const shutter = calls(script, "Set-Shut").filter((name) => ["Write-Rule", "Test-Blocked", "Set-ListenerOn", "Stop-Service"].includes(name)).join(" ");
    const ports = ofType(script.root, "assignment_expression").find(({ text: one }) => one.startsWith("$QuarantinePorts"));
    return [
      ...(shutter === "Write-Rule Test-Blocked Set-ListenerOn Stop-Service" ? [] : [shutter]),
      ...(text(script, "$QuarantineRule") === QUARANTINE_RULE ? [] : ["another rule"]),
      ...only(stringsIn(body(script, "Set-ListenerOn")).filter((word) => word.startsWith("HTTP")), ["HTTPS", "HTTP"], "its listeners"),
      ...only(ports ? stringsIn(ports) : [], [HTTPS_PORT, ...HTTP_PORTS].map(String), "its ports"),
    ];
  },

  "a service that quarantine has stopped does not start while a policy would make it listen": (script) => {
    const shutter = body(script, "Set-Shut").text;
    return [
      ...(/Set-ListenerOn \$false\s+if \(\(Test-WinRm\) -or -not \(Test-PolicyListener\)\) \{[^}]*\$\([^)]*\)"\s+return \$ListenerOff/.test(shutter) && shutter.trimEnd().endsWith("$StoppedService\n}") ? [] : [shutter]),
      ...(body(script, "Test-Held").text.includes("if ($Entry.Step -eq 'service') { return $Run.Shut -eq $StoppedService -and $Entry.Resource.name -eq 'WinRM' }") ? [] : ["nobody holds it"]),
    ];
  },

  "preparing starts no service that quarantine has stopped": (script) => {
    const prepare = body(script, "Invoke-PrepareRun").text;
    return prepare.includes("$holds = $IsProven -and (Test-Quarantined) -and -not (Test-WinRm)") && prepare.includes("@(if (-not $holds) { 'service' })") ? [] : [prepare];
  },

  "a file that a later run believes is saved and read with its hash": (script) => {
    const named = (one: string): boolean => /'(proven|host|nodes)\.json'/.test(one);
    // Preparing asks only whether there is a proof.
    const bare = commands(script.root).filter(({ name, node }) => ["Write-File", "Read-File"].includes(name) && named(node.text) && !lineOfText(script, node).includes("elseif ($isMaintenance)"));
    return [...bare.map(({ node }) => lineOf(node)), ...only(places(script, (one) => /^Save-Kept '/.test(one)), ["Save-Proof", "Invoke-GateRun", ""], "Save-Kept")];
  },

  "a run that the task has started keeps no other script than the one that the task names": (script) => {
    const wanted = body(script, "Get-WantedHash").text;
    const keepers = commands(script.root).filter(({ name }) => name === "Save-TaskScript").map(({ node }) => script.text.slice(0, node.startIndex));
    return [
      ...(wanted.includes("if ($ScriptPath -eq $TaskScript) { Get-TaskHash $Name } else { Get-TextHash (Get-RunningScript) }") ? [] : [wanted]),
      ...(keepers.length === 1 && keepers[0]?.includes("if ((Get-TextHash $text) -cne $hash) { throw ") ? [] : ["a script is kept whose hash was not compared"]),
    ];
  },

  "the task runs nothing whose hash it has not compared, and what it says stands between two double quotes": (script) => {
    const check = text(script, "$TaskCheck");
    return [
      ...[..."\"%"].filter((sign) => check.includes(sign)),
      ...(/\$\(/.test(check) ? ["$("] : []),
      ...(check.includes("if ($h -cne $w) { ") && check.endsWith("exit 1 }; ") ? [] : ["a difference does not end it"]),
      ...(check.includes(`WriteEntry('${EVENT_SOURCE}', `) && check.includes(`'${EVENTS.altered.level}', ${EVENTS.altered.id})`) ? [] : ["a difference is not told as the others know it"]),
      ...(/FILE.*HASH/.test(check) ? [] : ["no file or no hash"]),
    ];
  },
};

function lineOfText({ text: all }: Syntax, node: Node): string {
  return all.split("\n")[node.startPosition.row] ?? "";
}

/** Whether a grammar knows all of it. */
export const isWhole = ({ root }: Syntax): boolean => [...nodes(root)].every((node) => node.type !== "ERROR" && !node.isMissing);
