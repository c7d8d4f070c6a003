import { Glyph } from "@/components";
import { useLayer } from "@/lib/layers";

import { KEY_HELP } from "./map/keys";
import styles from "./KeyHelp.module.css";

export function KeyHelp({ close }: { close: () => void }) {
  useLayer(true, close);
  return (
    <section className={styles.panel} aria-label="Keys">
      <header className={styles.head}>
        <h2>Keys</h2>
        <button type="button" aria-label="Close the list of keys" onClick={close}>
          <Glyph name="close" />
        </button>
      </header>
      <dl className={styles.keys}>
        {KEY_HELP.map(([key, what]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
