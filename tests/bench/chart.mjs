import { PROGRAMS } from "./sizes.mjs";

const WIDTH = 840;
const HEIGHT = 304;
const PANEL = { width: 140, height: 176, top: 88, left: 52, gap: 56 };
const LEGEND = { ours: "this provider", naive: "naive dynamic provider", floor: "a provider that does nothing" };
/** From bottom to top. The line of the floor is often hidden by ours, so it is drawn first, and wider. */
const DRAWN = ["floor", "naive", "ours"];

const STYLE = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .strong { font-weight: 600; font-size: 13px; }
  .weak { fill: #59636e; font-size: 11px; }
  .card { fill: #ffffff; stroke: #d1d9e0; }
  .grid { stroke: #e4e8ec; }
  path, line.key { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
  .ours { stroke: #0969da; } .naive { stroke: #bc4c00; } .floor { stroke: #8c959f; }
  path.floor, line.key.floor { stroke-width: 6; opacity: .45; }
  circle { stroke: none; } circle.ours { fill: #0969da; } circle.naive { fill: #bc4c00; }
  text.ours { fill: #0969da; stroke: none; } text.naive { fill: #bc4c00; stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .weak { fill: #9198a1; }
    .card { fill: #0d1117; stroke: #3d444d; }
    .grid { stroke: #21262d; }
    .ours { stroke: #4493f8; } .naive { stroke: #f0883e; } .floor { stroke: #9198a1; }
    circle.ours, text.ours { fill: #4493f8; } circle.naive, text.naive { fill: #f0883e; }
  }`;

const place = (value) => value.toFixed(1);
const short = (value) => `${value.toLocaleString("en", { maximumSignificantDigits: value < 100 ? 2 : 3 })} s`;
const LINE_HEIGHT = 14;

/** Positions for the labels of the last points: next to the points, without overlap. */
function labels({ ours, naive }, y) {
  const [upper, lower] = [
    { program: "ours", seconds: ours.seconds, at: y(ours.seconds) },
    { program: "naive", seconds: naive.seconds, at: y(naive.seconds) },
  ].sort((one, other) => one.at - other.at);
  const push = Math.max(0, LINE_HEIGHT - (lower.at - upper.at)) / 2;
  return [
    { ...upper, at: upper.at - push },
    { ...lower, at: lower.at + push },
  ];
}

/** Draws seconds over N, with one panel per step. All panels have the same two logarithmic axes. */
export function chart(sizes, { latencyMs }) {
  const steps = Object.keys(sizes[0].steps);
  const all = sizes.flatMap((size) =>
    steps.flatMap((step) => PROGRAMS.map((program) => size.steps[step][program].seconds)),
  );
  const bottom = Math.floor(Math.log10(Math.min(...all)) * 2) / 2;
  const top = Math.ceil(Math.log10(Math.max(...all)) * 2) / 2;
  const [first, last] = [sizes[0], sizes.at(-1)];
  const x = (n) =>
    first === last ? PANEL.width / 2 : (PANEL.width * Math.log(n / first.n)) / Math.log(last.n / first.n);
  const y = (value) => PANEL.height * (1 - (Math.log10(value) - bottom) / (top - bottom));
  const decades = [0.01, 0.1, 1, 10, 100, 1000].filter((value) => value >= 10 ** bottom && value <= 10 ** top);

  const legend = PROGRAMS.map((program, index) => {
    const left = PANEL.left + [0, 130, 320][index];
    return `<line class="key ${program}" x1="${left}" x2="${left + 18}" y1="46" y2="46"/><text x="${left + 26}" y="50">${LEGEND[program]}</text>`;
  });

  const panels = steps.map((step, panel) => {
    const left = PANEL.left + panel * (PANEL.width + PANEL.gap);
    const parts = [`<text class="strong" x="0" y="-12">${step}</text>`];
    for (const value of decades) {
      parts.push(`<line class="grid" x1="0" x2="${PANEL.width}" y1="${place(y(value))}" y2="${place(y(value))}"/>`);
      if (panel > 0) continue;
      parts.push(`<text class="weak" x="-8" y="${place(y(value) + 4)}" text-anchor="end">${value} s</text>`);
    }
    for (const { n } of sizes) {
      const mark = n.toLocaleString("en");
      parts.push(`<text class="weak" x="${place(x(n))}" y="${PANEL.height + 18}" text-anchor="middle">${mark}</text>`);
    }
    for (const program of DRAWN) {
      const points = sizes.map(({ n, steps }) => [place(x(n)), place(y(steps[step][program].seconds))]);
      parts.push(`<path class="${program}" d="M${points.map((point) => point.join(",")).join("L")}"/>`);
      if (program === "floor") continue;
      parts.push(...points.map(([cx, cy]) => `<circle class="${program}" cx="${cx}" cy="${cy}" r="3"/>`));
    }
    const edge = place(x(last.n) + 8);
    for (const { program, seconds, at } of labels(last.steps[step], y)) {
      parts.push(`<text class="${program}" x="${edge}" y="${place(at + 4)}">${short(seconds)}</text>`);
    }
    return `<g transform="translate(${left},${PANEL.top})">${parts.join("\n")}</g>`;
  });

  const title = "Seconds by number of secrets";
  const description = steps.map((step) => {
    const { ours, naive, floor } = last.steps[step];
    return `${step}: ${short(ours.seconds)}, naive ${short(naive.seconds)}, floor ${short(floor.seconds)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title description">
<title id="title">${title}</title>
<desc id="description">With ${last.n.toLocaleString("en")} secrets: ${description.join("; ")}.</desc>
<style>${STYLE}
</style>
<rect class="card" x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8"/>
<text class="strong" x="20" y="26">${title}</text>
<text class="weak" x="${WIDTH - 20}" y="26" text-anchor="end">API latency ${latencyMs} ms; both axes are logarithmic</text>
${[...legend, ...panels].join("\n")}
</svg>
`;
}
