// Loaded before a process starts: it then runs as if by Node.js 20, which lacks what came later.
Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });
delete Map.groupBy;
delete Promise.withResolvers;
