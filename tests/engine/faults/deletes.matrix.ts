import { testEveryFault } from "./everyFault";
import { DELETES } from "./scenarios";

testEveryFault("each fault in each call of a delete", DELETES);
