export { ClusterSwitcher } from "./ClusterSwitcher";
export { CoveragePanel } from "./CoveragePanel";
export { Freshness } from "./Freshness";
export { openSource, opening } from "./opening";
export { coverageOf, memoryOf, objectCount } from "./model";
export { followNotices, keys, useAppInfo, useCluster, useOpenClusters, useStatus } from "./queries";
export { StaleBanner } from "./StaleBanner";
export { StartScreen } from "./StartScreen";
