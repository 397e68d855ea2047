// Loaded before a process starts. The process then runs as if by Node.js 20, without the functions of later versions.
Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });
delete Map.groupBy;
delete Promise.withResolvers;
