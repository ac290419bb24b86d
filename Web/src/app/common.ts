// What nearly every page shows. The build puts it before each module (scripts/web), so that all of it is one file of the first load
// instead of a small one for each set of pages that share something, and no page brings it along again.
import "./Shell";
import "../parts/Badge";
import "../parts/Bytes";
import "../parts/Checkbox";
import "../parts/Confirm";
import "../parts/Facts";
import "../parts/FilterBox";
import "../parts/Loaded";
import "../parts/Note";
import "../parts/Page";
import "../parts/Panel";
import "../parts/Select";
import "../parts/Table";
import "../parts/Tabs";
import "../parts/Time";
