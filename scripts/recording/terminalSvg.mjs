import anser from "anser";

const CHARACTER = { width: 7.25, height: 18 };
const MARGIN = 18;
const TITLE_HEIGHT = 34;
const GAP = 6;
/** Longer pauses are shortened to this length. */
const LONGEST_PAUSE_MS = 700;
/** The time for which a scene is shown after its last line. */
const HOLD_MS = 4_000;

const STYLE = `
  text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre; }
  .card { fill: #ffffff; stroke: #d1d9e0; } .bar { stroke: #d1d9e0; } .dot { fill: #d1d9e0; }
  .weak { fill: #59636e; } .bold, .heading { font-weight: 600; }
  .ansi-red, .ansi-bright-red { fill: #cf222e; } .ansi-green, .ansi-bright-green { fill: #116329; }
  .ansi-yellow, .ansi-bright-yellow { fill: #7d4e00; } .ansi-blue, .ansi-bright-blue { fill: #0969da; }
  .ansi-magenta, .ansi-bright-magenta { fill: #8250df; } .ansi-cyan, .ansi-bright-cyan { fill: #1b7c83; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .card { fill: #0d1117; stroke: #3d444d; } .bar { stroke: #3d444d; } .dot { fill: #3d444d; }
    .weak { fill: #9198a1; }
    .ansi-red, .ansi-bright-red { fill: #ff7b72; } .ansi-green, .ansi-bright-green { fill: #3fb950; }
    .ansi-yellow, .ansi-bright-yellow { fill: #d29922; } .ansi-blue, .ansi-bright-blue { fill: #58a6ff; }
    .ansi-magenta, .ansi-bright-magenta { fill: #bc8cff; } .ansi-cyan, .ansi-bright-cyan { fill: #39c5cf; }
  }`;

const escapeXml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Returns the CSS classes for a span of text, from its ANSI codes. */
function classesOf({ fg, decorations }) {
  return [fg, decorations.includes("bold") && "bold"].filter(Boolean).join(" ");
}

function tspans(text) {
  return anser
    .ansiToJson(text, { use_classes: true, remove_empty: true })
    .map((piece) => ({ classes: classesOf(piece), content: escapeXml(piece.content) }))
    .map(({ classes, content }) => (classes ? `<tspan class="${classes}">${content}</tspan>` : content))
    .join("");
}

/** Returns the times at which each line appears and each scene ends, in milliseconds from the start of the picture. */
function schedule(scenes) {
  let now = 0;
  return scenes.map(({ lines }) => {
    const start = now;
    const times = lines.map(({ at }, index) => {
      const pause = index === 0 ? 0 : at - lines[index - 1].at;
      now += Math.min(pause, LONGEST_PAUSE_MS);
      return now;
    });
    now += HOLD_MS;
    return { start, times, end: now };
  });
}

/**
 * Draws the scenes one after the other, as a terminal that is cleared before each. A line is `{ at, text, kind }`: its time in
 * milliseconds, its text with ANSI codes, and a class for the whole line. If the picture can't move, it shows the first scene.
 */
export function terminalSvg(scenes, { title, note, description }) {
  const columns = Math.max(...scenes.flatMap(({ lines }) => lines.map(({ text }) => anser.ansiToText(text).length)));
  const rows = Math.max(...scenes.map(({ lines }) => lines.length));
  const width = Math.ceil(2 * MARGIN + columns * CHARACTER.width);
  const height = TITLE_HEIGHT + GAP + rows * CHARACTER.height + MARGIN;

  const plan = schedule(scenes);
  const total = plan.at(-1).end;
  const percent = (time) => `${Number(((100 * time) / total).toFixed(2))}%`;
  const keyframes = [];
  const animate = (name, frames) => {
    keyframes.push(
      `@keyframes ${name}{${frames.map(([time, value]) => `${percent(time)}{opacity:${value}}`).join("")}}`,
    );
    return `style="animation-name:${name}"`;
  };

  const groups = scenes.map(({ lines }, scene) => {
    const { start, times, end } = plan[scene];
    const visible = [[start, 1], ...(end < total ? [[end, 0]] : [])];
    const animation = animate(`s${scene}`, scene === 0 ? visible : [[0, 0], ...visible]);
    const texts = lines.map(({ text, kind }, line) => {
      if (text === "") return "";
      const y = TITLE_HEIGHT + GAP + (line + 1) * CHARACTER.height;
      const attributes = [
        `x="${MARGIN}" y="${y}" xml:space="preserve"`,
        ...(kind ? [`class="${kind}"`] : []),
        ...(percent(times[line]) !== "0%"
          ? [
              animate(`l${scene}-${line}`, [
                [0, 0],
                [times[line], 1],
              ]),
            ]
          : []),
      ];
      return `<text ${attributes.join(" ")}>${tspans(text)}</text>`;
    });
    const opacity = scene === 0 ? "" : ' opacity="0"';
    return `<g${opacity} ${animation}>\n${texts.filter(Boolean).join("\n")}\n</g>`;
  });

  const dots = [0, 1, 2].map((dot) => `<circle class="dot" cx="${MARGIN + 5 + dot * 16}" cy="17" r="5"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escapeXml(title)}</title>
<desc id="description">${escapeXml(description)}</desc>
<style>${STYLE}
  @media (prefers-reduced-motion: no-preference) {
    [style] { animation-duration: ${Math.round(total)}ms; animation-timing-function: step-end; animation-iteration-count: infinite; }
  }
  ${keyframes.join("\n  ")}
</style>
<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
<line class="bar" x1="0" x2="${width}" y1="${TITLE_HEIGHT}" y2="${TITLE_HEIGHT}"/>
${dots.join("")}
<text class="bold" x="${MARGIN + 60}" y="21">${escapeXml(title)}</text>
<text class="weak" x="${width - MARGIN}" y="21" text-anchor="end">${escapeXml(note)}</text>
${groups.join("\n")}
</svg>
`;
}
