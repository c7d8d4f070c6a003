import { useSyncExternalStore } from "react";

import { transport } from "@/api/host";
import { Message } from "@/components";
import { humanDuration } from "@/lib/age";
import { useNow } from "@/lib/clock";

import { useStatus } from "./queries";

/** Says over the map that it is old, and how old: stale is never shown as live. */
export function StaleBanner({ cluster }: { cluster: string }) {
  const status = useStatus(cluster);
  const connected = useSyncExternalStore(transport.connected.subscribe, transport.connected.get);
  const now = useNow();
  if (connected && status?.link !== "lost") return null;
  const age = status?.heard == null ? null : humanDuration(now - status.heard);
  const what = age === null ? "Nothing has been heard yet." : `What you see is ${age} old.`;
  if (!connected) return <Message tone="degraded" title="The application's server does not answer">{what} Trying again by itself.</Message>;
  return (
    <Message tone="degraded" title={status?.problems[0] ?? "The cluster does not answer"}>
      {what} Trying again by itself. {status?.problems.slice(1).join(". ")}
    </Message>
  );
}
