import { type RequestListener, request } from "node:http";

/** An API gateway: forwards requests below `path`, without that path. For other requests, it acts like a web server. */
export function gatewayTo({ url }: { url: string }, path: string): RequestListener {
  return (incoming, response) => {
    if (!incoming.url?.startsWith(`${path}/`)) {
      response.writeHead(404, { "content-type": "text/html" }).end("<html>No route</html>");
      return;
    }
    const { method, headers } = incoming;
    const outgoing = request(url + incoming.url.slice(path.length), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  };
}
