import type { Value } from "./parse";

export type Row = Readonly<Record<string, Value>>;

/** Columns of the tables that come into a workspace here, as Azure's reference of its tables types them. */
export const TABLES: Readonly<Record<string, Readonly<Record<string, "datetime" | "int" | "long" | "string">>>> = {
  Event: {
    TimeGenerated: "datetime",
    Computer: "string",
    EventLog: "string",
    EventID: "int",
    EventLevel: "int",
    EventLevelName: "string",
    Source: "string",
    RenderedDescription: "string",
    EventData: "string",
    ParameterXml: "string",
    UserName: "string",
    _ResourceId: "string",
  },
  NTANetAnalytics: {
    TimeGenerated: "datetime",
    SubType: "string",
    FlowType: "string",
    FlowStatus: "string",
    FlowDirection: "string",
    SrcIp: "string",
    DestIp: "string",
    DestPort: "int",
    L4Protocol: "string",
    AclRule: "string",
    AllowedInFlows: "long",
    DeniedInFlows: "long",
    TargetResourceId: "string",
  },
};

/** What there is at one time. */
export interface Data {
  readonly now: number;
  /** Rows of a table, of the time that a query looks at. */
  readonly rows: (table: string) => readonly Row[];
}
