/** What the settings say. Pure. */

import type { AppInfo } from "@/api/bindings/AppInfo";
import { sentence } from "@/lib/text";

/** Where choices are kept; a database that cannot be used is no place where anything is. */
export function memoryText(app: AppInfo | undefined): string {
  if (app === undefined) return "…";
  if (app.database === null) return "nothing: there is no database";
  return app.databaseProblem === null ? app.database : `nothing, until ${app.database} can be used`;
}

/** What is the matter with the database, in a sentence, which names its path; null where nothing is. */
export function problemText(app: Pick<AppInfo, "databaseProblem"> | undefined): string | null {
  const problem = app?.databaseProblem ?? "";
  return problem === "" ? null : `${sentence(problem)}.`;
}
