export { MapPane } from "./MapPane";
export { useMapSession } from "./sessions";
export type { MapSession } from "./session";
