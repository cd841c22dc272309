import { Copy } from "../shell/Copy";
import { visible } from "../text/visible";

/** Lines for `clavicle.toml`: the program writes nothing itself. */
export function Toml({ lines }: { lines: string[] }) {
  return (
    <div class="toml">
      <pre class="toml-text mono" tabIndex={0} aria-label="lines for clavicle.toml">{lines.map(visible).join("\n")}</pre>
      <p class="toml-foot"><Copy text={`${lines.join("\n")}\n`} label="copy the lines" /> <span class="quiet">put this into clavicle.toml</span></p>
    </div>
  );
}

/** `key = "value"`. A basic string of TOML escapes as JSON does. */
export function tomlLine(key: string, value: string): string {
  return `${key} = ${JSON.stringify(value).replaceAll("\u007f", "\\u007f")}`;
}
