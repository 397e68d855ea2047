import { testEveryFault } from "./every";
import { DELETES } from "./scenarios";

testEveryFault("every fault at every call of delete", DELETES);
