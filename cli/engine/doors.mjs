/** The rules that let execution nodes in, by their types in Pulumi. */
const DOOR_TYPES = new Set([
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "azure-native:network:SecurityRule",
]);
/** The steps that take something away in the cloud; a replacement has one of them too. */
const CLOSING = new Set(["delete", "delete-replaced"]);

/**
 * The doors that an engine's event log (one JSON object a line) says will close, by logical name.
 * @param {string} log
 * @returns {string[]}
 */
export function closingDoors(log) {
  const names = new Set();
  for (const line of log.split("\n")) {
    const metadata = parse(line)?.resourcePreEvent?.metadata;
    if (!metadata || !CLOSING.has(metadata.op) || !DOOR_TYPES.has(metadata.type)) continue;
    const name = String(metadata.urn).split("::").slice(3).join("::");
    if (name.endsWith("-door")) names.add(name);
  }
  return [...names].sort();
}

/** @param {string} line */
export function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the last line of a log that was cut off
  }
}

/**
 * @param {readonly string[]} doors
 * @returns {string}
 */
export function doorsLine(doors) {
  return doors.length === 0 ? "no door will close" : `doors that will close: ${doors.length} (${doors.join(", ")})`;
}
