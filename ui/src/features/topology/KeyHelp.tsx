import { Panel } from "@/components";

import { KEY_HELP } from "./map/keys";
import styles from "./KeyHelp.module.css";

export function KeyHelp({ close }: { close: () => void }) {
  return (
    <Panel title="Keys" closes="Close the list of keys" close={close} place="right">
      <dl className={styles.keys}>
        {KEY_HELP.map(([key, what]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
