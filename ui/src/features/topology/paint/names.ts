/** What a card is called from further away, where letters are scarce. Pure. */

/** As kubectl calls them; the other kinds' own names are short, or rare. */
const SHORT: Record<string, string> = {
  ConfigMap: "cm",
  CronJob: "cj",
  DaemonSet: "ds",
  Deployment: "deploy",
  HorizontalPodAutoscaler: "hpa",
  Ingress: "ing",
  PersistentVolumeClaim: "pvc",
  PodDisruptionBudget: "pdb",
  ReplicaSet: "rs",
  Service: "svc",
  ServiceAccount: "sa",
  StatefulSet: "sts",
};

export interface Called {
  text: string;
  /** It says the kind: the name is that of the application, whose title stands beside it. */
  isKind: boolean;
}

/**
 * The name where it fits. Else it does without what the application's title says already: `checkout-keys` in checkout is
 * `…keys`, `data-redis-0` in redis `data…0`; and of several that are all called redis each says which of them it is.
 */
export function called(name: string, key: string, app: string, fits: (text: string) => boolean): Called {
  if (app === "" || fits(name)) return { text: name, isKind: false };
  if (name === app) {
    const kind = key.split("/")[1] ?? "";
    return { text: SHORT[kind] ?? kind.toLowerCase(), isKind: true };
  }
  const [before, after, ...more] = `-${name}-`.split(`-${app}-`);
  if (before === undefined || after === undefined || more.length > 0) return { text: name, isKind: false };
  return { text: `${before.slice(1)}…${after.slice(0, -1)}`, isKind: false };
}
