import { render } from "preact";
import "./theme/tokens.css";
import "./theme/base.css";
import "./mark/mark.css";
import "./shell/shell.css";
import "./ask/ask.css";
import "./answer/answer.css";
import "./map/map.css";
import "./panel/panel.css";
import "./list/list.css";
import "./changes/changes.css";
import "./trim/trim.css";
import "./export/export.css";
import "./tour/tour.css";
import "./theme/narrow.css";
import { App } from "./shell/App";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
