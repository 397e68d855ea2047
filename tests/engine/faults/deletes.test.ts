import { testEveryFault } from "./everyFault";
import { DELETES } from "./scenarios";

testEveryFault("every fault at every call of delete", DELETES);
