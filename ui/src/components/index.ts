export { Button } from "./Button";
export { FieldPath } from "./FieldPath";
export { Glyph, type GlyphName } from "./Glyph";
export { HEALTH, HEALTH_ORDER, asHealth, isProblem, worstOf, type Health } from "./health";
export { HealthMark } from "./HealthMark";
export { MARKS } from "./marks";
export { useKindIcons } from "./icons";
export { CloseButton, Panel } from "./Panel";
export { Message } from "./Message";
