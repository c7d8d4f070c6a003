/** What the settings say. Pure. */

import type { AppInfo } from "@/api/bindings/AppInfo";

/** Where choices are kept; a database that cannot be used is no place where anything is. */
export function memoryText(app: AppInfo | undefined): string {
  if (app === undefined) return "…";
  if (app.database === null) return "nothing: there is no database";
  return app.databaseProblem === null ? app.database : `nothing, until ${app.database} can be used`;
}
