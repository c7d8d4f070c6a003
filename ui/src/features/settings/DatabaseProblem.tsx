import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { api } from "@/api/host";
import { Button, Message } from "@/components";
import { keys, useAppInfo } from "@/features/clusters";
import { createStore, useStore } from "@/lib/store";

import styles from "./DatabaseProblem.module.css";
import { problemText } from "./model";

/** Until the page is loaded again: who goes on without a memory is not told so all the time. */
const dismissed = createStore(false);

/** Over the screen until it is settled or put away. */
export function DatabaseNotice() {
  const away = useStore(dismissed);
  if (away) return null;
  return (
    <DatabaseProblem>
      <Button look="quiet" onClick={() => dismissed.set(true)}>
        Not now
      </Button>
    </DatabaseProblem>
  );
}

/** A damaged or newer database is moved aside only when the person says so. */
export function DatabaseProblem({ children }: { children?: ReactNode }) {
  const queries = useQueryClient();
  const text = problemText(useAppInfo().data);
  const reset = useMutation({ mutationFn: () => api.databaseReset({ consent: true }), onSuccess: (answer) => queries.setQueryData(keys.app, answer) });
  if (text === null) return null;
  return (
    <div className={styles.small}>
      <Message
        tone="degraded"
        title="Nothing is remembered until this is settled"
        actions={
          <>
            <Button title="Nothing is deleted" disabled={reset.isPending} onClick={() => reset.mutate()}>
              Move it aside and begin another
            </Button>
            {children}
          </>
        }
      >
        <p>{text}</p>
        {reset.error ? <p>{problemText({ databaseProblem: reset.error.message })}</p> : null}
      </Message>
    </div>
  );
}
