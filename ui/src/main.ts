import "./style/fonts.css";
import "./style/tokens.css";
import "./style/base.css";
import { start } from "./start";

void start(document.getElementById("app") ?? document.body);
