import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import type { ContextSummary } from "@/api/bindings/ContextSummary";
import { api } from "@/api/host";
import { Button, Message } from "@/components";

import { namesOf } from "./model";
import styles from "./NamespaceNames.module.css";
import { keys, useContextOf } from "./queries";

/** Names namespaces for an account that may not list across them; they are looked into at once, and remembered. */
export function NamespaceNames({ cluster }: { cluster: ClusterSummary }) {
  const context = useContextOf(cluster);
  return context ? <Names context={context} /> : null;
}

function Names({ context }: { context: ContextSummary }) {
  const queries = useQueryClient();
  const id = useId();
  const [text, setText] = useState(context.namespaces.join(", "));
  const { alias, tag, colour } = context;
  const look = useMutation({
    mutationFn: () => api.contextUpdate({ id: context.id, alias, tag, colour, namespaces: namesOf(text) }),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.contexts }),
  });
  return (
    <form
      className={styles.names}
      onSubmit={(event) => {
        event.preventDefault();
        look.mutate();
      }}
    >
      <label htmlFor={id}>Namespaces to look into, besides {context.namespace ?? "default"}</label>
      <div className={styles.line}>
        <input id={id} value={text} placeholder="shop, payments" spellCheck={false} onChange={(event) => setText(event.target.value)} />
        <Button type="submit" disabled={look.isPending || namesOf(text).length === 0}>
          Look there
        </Button>
      </div>
      {look.error ? <Message tone="degraded" title="They are looked into, and not remembered">{look.error.message}</Message> : null}
    </form>
  );
}
