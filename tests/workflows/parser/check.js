// Reads workflows and action.yml as GitHub does, and prints what it objects to as JSON.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { convertActionTemplate } from "@actions/workflow-parser/actions/action-template";

const objections = [];
const STRICT = 1; // ErrorPolicy.TryConversion: objections of the second stage are wanted as well

async function main(paths) {
  for (const path of paths) {
    const file = { name: path, content: readFileSync(path, "utf8") };
    const isAction = basename(path) === "action.yml";
    const read = isAction ? parseAction : parseWorkflow;
    const result = read(file, new NoOperationTraceWriter());
    if (result.value !== undefined) {
      if (isAction) convertActionTemplate(result.context, result.value);
      else await convertWorkflowTemplate(result.context, result.value, undefined, { errorPolicy: STRICT });
    }
    for (const error of result.context.errors.getErrors()) {
      objections.push({ path, message: error.message });
    }
  }
  process.stdout.write(JSON.stringify(objections));
}

main(process.argv.slice(2));
