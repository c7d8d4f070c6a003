export { ClusterSwitcher } from "./ClusterSwitcher";
export { CoveragePanel } from "./CoveragePanel";
export { Freshness } from "./Freshness";
export { NothingSeen } from "./NothingSeen";
export { opening, pickAndOpen } from "./opening";
export { countedText, coverageOf, kindsText, leftOutText, memoryOf, shownText, unreadText } from "./model";
export { type Asked, followNotices, followOpen, keys, useAppInfo, useCluster, useOpenClusters, useStatus } from "./queries";
export { StaleBanner } from "./StaleBanner";
export { StartScreen } from "./StartScreen";
