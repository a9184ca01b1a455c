import { declared } from "./control";

export const trafficMonitoring = declared({
  id: "traffic-monitoring",
  title: "Connections to the listener are watched",
  guideline: "Flow logs and refused connections are kept, and alerts raised.",
  layers: ["cloud", "guest"],
  gate: false,
});
