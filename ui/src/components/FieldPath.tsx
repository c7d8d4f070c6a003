import { Fragment } from "react";

/** The path of a field; a long one breaks after its dots and brackets, not in the middle of a word. */
export function FieldPath({ path }: { path: string }) {
  return path.split(/(?<=[.\]])(?=[^.\]])/).map((part, at) => (
    <Fragment key={`${at} ${part}`}>
      {at > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));
}
