export { recallSettings } from "./recall";
export { DatabaseProblem, SettingsPanel } from "./SettingsPanel";
