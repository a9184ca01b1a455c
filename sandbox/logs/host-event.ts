/** An event of a Windows machine, as far as an agent that ships it must know it. */
export interface HostEvent {
  readonly log: string;
  readonly source: string;
  readonly id: number;
  readonly level: "Critical" | "Error" | "Warning" | "Information" | "Verbose";
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly computer: string;
  readonly message: string;
  /** Named data, in the order of the event's own template. */
  readonly data?: Readonly<Record<string, string>>;
}

const LEVELS = ["Critical", "Error", "Warning", "Information", "Verbose"];
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** aws/amazon-cloudwatch-agent, wineventlogrecord.go: the form that the agent before it had. */
export const asText = ({ log, level, id, source, computer, message }: HostEvent): string => `[${log}] [${level.toUpperCase()}] [${id}] [${source}] [${computer}] [${message}]`;

/** As Windows' EvtFormatMessage gives it: one line, no space between elements, attributes in single quotes. */
export function asXml({ log, level, id, source, computer, at, message, data = {} }: HostEvent): string {
  // Audits are of level 0.
  const number = log === "Security" ? 0 : LEVELS.indexOf(level) + 1;
  const values = Object.entries(data).map(([name, value]) => `<Data Name='${name}'>${escaped(value)}</Data>`).join("");
  return [
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>",
    `<Provider Name='${source}'/><EventID>${id}</EventID><Level>${number}</Level><TimeCreated SystemTime='${at}'/><Channel>${log}</Channel><Computer>${computer}</Computer><Security/>`,
    `</System><EventData>${values}</EventData><RenderingInfo Culture='en-US'><Message>${escaped(message)}</Message></RenderingInfo></Event>`,
  ].join("");
}
