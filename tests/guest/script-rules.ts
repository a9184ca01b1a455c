import type { GuestKind } from "../../components/guest/kinds";
import { COMMANDS, FORBIDDEN } from "./script-commands";
import type { Node } from "web-tree-sitter";
import { assigned, brokenParts, commands, entries, functions, isInside, lineOf, ofType, stringsIn, table, type Syntax } from "./powershell-syntax";

/** What the guest script must and must not do, each as a list of what breaks it. Looked up in Microsoft's reference for 5.1. */

/** A new kind breaks the compilation here, and then the test, until it has a handler. */
const KINDS: Record<GuestKind, true> = {
  folder: true, wsman: true, registry: true, certificate: true, listener: true, sslBinding: true, firewallRule: true,
  builtinRule: true, firewallProfile: true, service: true, nodeList: true, answer: true,
  policy: true, accountPolicy: true, userRight: true, auditPolicy: true, eventLog: true, account: true, group: true, updates: true,
  sessionConfiguration: true, otherSessionConfigurations: true, rootDescriptor: true, jeaEndpoint: true, scheduledTask: true, firewallLog: true, foreignRules: true, addresses: true,
};

/** Who holds a secret, and in which variables. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  "Open-Pfx": ["$text", "$secret", "$bytes"],
  "New-Account": ["$text", "$password"],
  "Reset-Administrator": ["$bytes"],
  "Invoke-Aws": ["$key", "$session", "$chain", "$role", "$line", "$matches", "$signed", "$lines"],
};

/** What Windows or AWS says in numbers and names of its own. */
const TELLS_CODE = /^throw "(Windows refuses the account \$Name or its password: 0x\$\('\{0:X8\}' -f \$_\.Exception\.GetBaseException\(\)\.HResult\)|\$Service at \$\(\$Address\.Authority\) \$\(Get-WebTrouble \$_\.Exception\.GetBaseException\(\)\))"$/;

const LOOKED_AT = ["answer", "updates"];

/** Nodes of later PowerShell, or of things that this script does without. What the grammar does not know shows as ERROR. */
const FOREIGN_NODES = ["pipeline_chain_tail", "class_statement", "enum_statement", "inlinescript_statement", "parallel_statement", "trap_statement", "verbatim_here_string_characters", "expandable_here_string_literal", "redirection"];

export const RULES: Readonly<Record<string, (script: Syntax) => string[]>> = {
  "it parses": brokenParts,

  "it is ASCII with LF, and holds nothing that Systems Manager takes for a parameter": ({ text }) => [
    ...(/[^\n\x20-\x7e]/.test(text) ? ["a character outside of printable ASCII"] : []),
    ...(text.includes("{{") ? ["{{"] : []),
  ],

  "it uses no syntax of later versions, no redirection, no here-string": ({ root }) => ofType(root, ...FOREIGN_NODES).map(lineOf),

  "no string spans lines, so that indentation may go": ({ root }) =>
    ofType(root, "string_literal", "expandable_string_literal").filter((node) => node.startPosition.row !== node.endPosition.row).map(lineOf),

  "it starts strict and stops at every error": ({ root }) => {
    const first = root.text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")).slice(0, 2);
    const checked = root.text.indexOf("$ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') { throw") < root.text.indexOf("[") || !root.text.includes("LanguageMode");
    if (!checked || !root.text.includes("LanguageMode -ne 'FullLanguage'")) return ["the language is not looked at before .NET is used"];
    return first.join("; ") === "Set-StrictMode -Version 3.0; $ErrorActionPreference = 'Stop'" ? [] : [first.join("; ")];
  },

  "it calls its own functions and known commands with parameters of 5.1": (script) => {
    const own = functions(script);
    return commands(script.root).flatMap(({ node, name, parameters, operator }) => {
      if (operator === "&" && /^\$Handlers|^\$handler\b/.test(name)) return [];
      if (operator !== "") return [`${operator} ${lineOf(node)}`];
      const declared = own.get(name);
      const known = declared ? ofType(declared, "script_parameter").map(({ text }) => text.replace(/^.*\$/s, "")) : COMMANDS[name];
      if (!known) return [`unknown command ${name}, ${lineOf(node)}`];
      return parameters.filter((parameter) => !known.includes(parameter)).map((parameter) => `${name} -${parameter}, ${lineOf(node)}`);
    });
  },

  "commands that are functions of a module are told to stop, they do not see the preference": ({ root }) =>
    commands(root).filter(({ name, parameters, node }) => /^\w+-(Net|Scheduled|Cim)[A-Z]/.test(name) && !parameters.includes("ErrorAction") && !/ @(rule|task)\b/.test(node.text)).map(({ node }) => lineOf(node)),

  "it calls nothing that brings HTTP back, downloads, or runs text": ({ root }) => {
    const names = commands(root).filter(({ name }) => FORBIDDEN.some((bad) => bad.toLowerCase() === name.toLowerCase()));
    const types = ofType(root, "type_name").filter(({ text }) => /WebClient|HttpClient|ScriptBlock|Diagnostics\.Process/i.test(text));
    return [...names.map(({ node }) => lineOf(node)), ...types.map(lineOf)];
  },

  "every kind of resource has a handler that names, wants and gets, and no other is there": (script) => {
    const handlers = table(script, "$Handlers");
    const problems = [...Object.keys(KINDS).filter((kind) => !handlers.has(kind)).map((kind) => `${kind} has no handler`), ...[...handlers.keys()].filter((kind) => !(kind in KINDS)).map((kind) => `${kind} is no kind`)];
    for (const [kind, value] of handlers) {
      const parts = [...entries(value).keys()];
      for (const part of ["Key", "Want", "Get"]) if (!parts.includes(part)) problems.push(`${kind} has no ${part}`);
      if (parts.includes("Set") === LOOKED_AT.includes(kind)) problems.push(`${kind} and Set: it is only looked at, or must be brought about`);
    }
    return problems;
  },

  "both orders bring about every kind; the allow rule is in neither, it comes last": (script) => {
    const wanted = Object.keys(KINDS).filter((kind) => !LOOKED_AT.includes(kind)).flatMap((kind) => (kind === "firewallRule" ? ["firewallRule.Block"] : kind === "listener" ? ["listener.absent", "listener.present"] : [kind]));
    const given = assigned(script, "$Steps");
    return ["Invoke-GateRun", "Invoke-MaintenanceRun"].flatMap((name) => {
      const body = functions(script).get(name);
      if (!body || !given) return [`no ${name}, or no $Steps`];
      const named = commands(body).filter((command) => command.name === "Set-Step").flatMap(({ node }) => ofType(node, "member_access").map(({ text }) => text.replace("$Steps.", "")));
      const steps = named.flatMap((part) => stringsIn(entries(given).get(part) ?? given));
      const restarts = commands(body).map((command) => command.name).filter((call) => call === "Set-Step" || call === "Restart-WinRm").join(" ");
      return [
        ...wanted.filter((step) => !steps.includes(step)).map((step) => `${name} forgets ${step}`),
        ...steps.filter((step) => !wanted.includes(step)).map((step) => `${name} has ${step}`),
        // What policies hold must be in force before the settings that they keep from being written, and everything at the end.
        ...(restarts.endsWith("Set-Step Restart-WinRm Set-Step Restart-WinRm") ? [] : [`${name}: ${restarts}`]),
      ];
    });
  },

  "WinRM starts again in one place, and only while nobody works; quarantine alone asks nobody": (script) => {
    const [restarter, quarantine, shutter] = ["Restart-WinRm", "Start-Quarantine", "Set-Shut"].map((name) => functions(script).get(name));
    if (!restarter || !quarantine || !shutter) return ["Restart-WinRm, Start-Quarantine and Set-Shut are gone"];
    const order = commands(restarter).map(({ name }) => name).join(" ");
    const places: Readonly<Record<string, readonly Node[]>> = { "Restart-Service": [restarter, quarantine], "Stop-Service": [shutter], "Restart-Computer": [], "shutdown.exe": [] };
    return [
      ...commands(script.root).filter(({ name, node }) => places[name]?.some((place) => isInside(node, place)) === false).map(({ node }) => lineOf(node)),
      ...(order.startsWith("Test-Pending Assert-Idle Restart-Service Clear-Pending") ? [] : [order]),
    ];
  },

  "a gate run shuts the door and checks what it was given before it does anything else": (script) => {
    const [order, reader] = [functions(script).get("Invoke-GateRun"), functions(script).get("Read-Parameter")];
    if (!order || !reader) return ["Invoke-GateRun and Read-Parameter are gone"];
    const first = commands(order).slice(0, 3).map(({ name }) => name).join(", ");
    const names = commands(reader).map(({ name }) => name);
    const checks = ofType(reader, "if_statement").some(({ text }) => text.startsWith("if ($isGate -and $hash -cne $SecureWinrm.Gate) { throw "));
    const isHashOfBoth = reader.text.includes('Get-TextHash "$DocumentGate`n$text"');
    return [
      ...(first === "Close-Door, Read-Parameter, Set-Step" ? [] : [first]),
      ...(checks && isHashOfBoth ? [] : ["the hash is not checked"]),
      ...(names.indexOf("Get-TextHash") < names.indexOf("Select-Nodes") ? [] : ["checked too late"]),
    ];
  },

  "Prepare shuts and trusts; it opens nothing and asks for nothing that may not be there": (script) => {
    const order = functions(script).get("Invoke-PrepareRun");
    if (!order) return ["Invoke-PrepareRun is gone"];
    const steps = stringsIn(order);
    const wanted = ["firewallProfile", "firewallRule.Block", "folder", "certificate", "service", "listener.absent", "builtinRule"];
    const calls = commands(order).map(({ name }) => name);
    return [
      ...wanted.filter((step) => !steps.includes(step)).map((step) => `Prepare forgets ${step}`),
      ...steps.filter((step) => !wanted.includes(step)).map((step) => `Prepare has ${step}`),
      ...calls.filter((name) => !["Close-Door", "Close-Listener", "Test-Quarantined", "Test-WinRm", "Where-Object", "Set-Step", "Reset-Administrator", "Get-Audit"].includes(name)),
      ...(order.text.includes("  if (-not $IsProven) { Close-Door }\n") ? [] : ["a host that has proven nothing is not shut"]),
    ];
  },

  "a token is known to one function and reaches no command, no message, no log": (script) => {
    const reader = functions(script).get("Get-BlobText");
    if (!reader) return ["Get-BlobText is gone"];
    const leaks = commands(reader).flatMap(({ node }) => ofType(node, "variable").filter(({ text }) => text.toLowerCase() === "$token").map(lineOf));
    const elsewhere = commands(script.root).filter(({ node }) => node.text.includes("oauth2/token") && !isInside(node, reader)).map(({ node }) => lineOf(node));
    const messages = ofType(reader, "flow_control_statement").filter(({ text }) => text.includes("$")).map(lineOf);
    const piped = ofType(reader, "pipeline").filter(({ children }) => children.some((child) => child?.text === "|")).map(lineOf);
    return [...leaks, ...elsewhere, ...messages, ...piped, ...(reader.text.includes("oauth2/token") ? [] : ["no token is fetched"])];
  },

  "nothing comes after the verdict, which is written once": ({ root }) => {
    const written = commands(root).filter(({ name }) => name === "Write-Output");
    const lines = root.text.trimEnd().split("\n").filter((line) => !line.startsWith("#")).slice(-2);
    const isLast = lines[0] === "Write-Output (Get-VerdictLine)" && lines[1] === "if ($Answer.verdict -eq 'pass') { exit 0 } elseif ($Answer.reboot) { exit 3010 } else { exit 1 }";
    return [...(isLast ? [] : lines), ...(written.length === 1 ? [] : [`${written.length} times Write-Output`])];
  },

  "secrets pass through .NET methods only, never through a command": (script) => {
    const own = functions(script);
    const leaks = Object.entries(SECRETS).flatMap(([name, secret]) => {
      const body = own.get(name);
      if (!body) return [`${name} is gone`];
      // The serializer's New-Object stands in the same statement; a secret inside of a command's own arguments is what is meant.
      const handed = commands(body).flatMap(({ node }) => ofType(node, "variable").filter(({ text }) => secret.includes(text.toLowerCase())));
      const piped = ofType(body, "pipeline", "pipeline_chain").filter((node) => node.children.some((child) => child?.text === "|") && ofType(node, "variable").some(({ text }) => secret.includes(text.toLowerCase())));
      const told = ofType(body, "flow_control_statement").filter((node) => ofType(node, "variable").some(({ text }) => [...secret, "$_"].includes(text.toLowerCase())) && !TELLS_CODE.test(node.text));
      return [...handed, ...piped, ...told].map(lineOf);
    });
    const isIn = (node: Node, ...names: readonly string[]): boolean => names.some((name) => { const body = own.get(name); return body !== undefined && isInside(node, body); });
    const fetched = commands(script.root).filter(({ name, node }) => (name === "Get-SecretText" && !isIn(node, "Open-Pfx", "New-Account")) || (name === "Get-AwsSecretText" && !isIn(node, "Get-SecretText")));
    const words = [...ofType(script.root, "member_name"), ...ofType(script.root, "variable")].filter((node) => /password|securestring/i.test(node.text) && !isIn(node, "New-Account") && !(node.text === "SetPassword" && isIn(node, "Reset-Administrator")));
    return [...leaks, ...fetched.map(({ node }) => lineOf(node)), ...words.map(lineOf)];
  },

  "AWS's credentials are read in one function, and of an answer only status and code are told": (script) => {
    const [signer, teller] = [functions(script).get("Invoke-Aws"), functions(script).get("Get-WebTrouble")];
    if (!signer || !teller) return ["Invoke-Aws and Get-WebTrouble are gone"];
    const places = ofType(script.root, "string_literal", "expandable_string_literal").filter(({ text }) => /security-credentials|SecretAccessKey|secret_access_key/i.test(text));
    const files = commands(script.root).filter(({ name }) => name === "Get-AgentFile").map(({ node }) => node);
    const asked = commands(signer).filter(({ name }) => name === "Get-WebTrouble").map(({ node }) => node);
    const caught = ofType(signer, "variable").filter((node) => node.text === "$_" && !asked.some((one) => isInside(node, one)));
    // The words of an error are the network's for these types; one of a reader of JSON would quote what it has read.
    const network = ofType(teller, "foreach_statement").filter(({ text }) => text.startsWith("foreach ($type in [Net.WebException], [ComponentModel.Win32Exception], [IO.IOException], [Security.Authentication.AuthenticationException]) {"));
    const told = ofType(teller, "member_access").filter((node) => node.text === "$Cause.Message" && !network.some((one) => isInside(node, one)));
    const quoted = ofType(teller, "flow_control_statement").filter(({ text }) => text.includes("$text"));
    return [...[...places, ...files].filter((node) => !isInside(node, signer)), ...caught, ...told, ...quoted].map(lineOf);
  },

  "the private key is never exportable": ({ text }) => (/Exportable|UserKeySet|ExportableEncrypted/.test(text) ? ["Exportable"] : []),

  "what netsh prints is matched by form, never by a word": (script) => {
    const reader = functions(script).get("Get-SslBinding");
    if (!reader) return ["Get-SslBinding is gone"];
    const users = commands(script.root).filter(({ name, node }) => name === "netsh.exe" && !isInside(node, reader)).map(({ node }) => node);
    const patterns = ofType(reader, "comparison_expression").filter(({ children }) => children.some((child) => /^-(not)?(match|like)$/.test(child?.text ?? ""))).flatMap((node) => ofType(node, "string_literal", "expandable_string_literal"));
    const words = patterns.filter(({ text }) => /[A-Za-z]{2,}/.test(text.replace(/\[[^\]]*\]/g, "").replace(/\$Port|\\[A-Za-z]|\(\?[a-z]+\)/g, "")));
    // Elsewhere only its exit code counts.
    return [...words.map(lineOf), ...(patterns.length === 0 ? ["no pattern found"] : []), ...users.filter((node) => !script.text.slice(0, node.startIndex).endsWith("$null = ")).map(lineOf)];
  },

  "in strict mode only an array is counted": (script) => {
    const arrays = new Set(["$chain.ChainElements", "$parameters.listen"]);
    const given = new Map<string, string[]>();
    for (const node of ofType(script.root, "assignment_expression")) {
      // What is added to an array leaves it one.
      const [left = "", right = ""] = node.text.split(/\s=\s(.*)/s);
      if (right !== "") given.set(left, [...(given.get(left) ?? []), right]);
    }
    return ofType(script.root, "member_access").flatMap((node) => {
      const [target, , member] = [node.children[0]?.text ?? "", "", node.children.at(-1)?.text];
      if (member !== "Count" || target.startsWith("@(") || arrays.has(target)) return [];
      const values = given.get(target) ?? [];
      const isArray = values.length > 0 && values.every((value) => /^(@\(|\$first \+ \$rest$|\$missing$|\$extra$|Get-ListText|Get-Reason|.*-split )/.test(value));
      return isArray ? [] : [lineOf(node)];
    });
  },
};
