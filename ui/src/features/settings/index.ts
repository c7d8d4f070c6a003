export { DatabaseNotice } from "./DatabaseProblem";
export { recallSettings } from "./recall";
export { SettingsPanel } from "./SettingsPanel";
