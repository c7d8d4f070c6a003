import { useSyncExternalStore } from "react";

import { transport } from "@/api/host";
import { Message } from "@/components";
import { humanDuration } from "@/lib/age";
import { useNow } from "@/lib/clock";
import { sentence, toldInShort } from "@/lib/text";

import { useStatus } from "./queries";

/** Says over the map that it is old, and how old: stale is never shown as live. */
export function StaleBanner({ cluster }: { cluster: string }) {
  const status = useStatus(cluster);
  const connected = useSyncExternalStore(transport.connected.subscribe, transport.connected.get);
  const now = useNow();
  if (connected && status?.link !== "lost") return null;
  const age = status?.heard == null ? null : humanDuration(now - status.heard);
  const what = age === null ? "It has never answered, and nothing of it has been seen." : `What you see is ${age} old.`;
  if (!connected) return <Message tone="degraded" title="The application's server does not answer">{age === null ? "" : what} Trying again by itself.</Message>;
  const { said, more } = toldInShort(status?.problems[0] ?? "the cluster does not answer");
  const detail = [more, ...(status?.problems.slice(1) ?? [])].filter(Boolean).map(sentence).join("\n");
  return (
    <Message tone="degraded" title={said} detail={detail}>
      {what} Trying again by itself.
    </Message>
  );
}
