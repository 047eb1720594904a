#!/usr/bin/env bash
# The demo: scores datasets/reviews.csv under both checkpoints, shows examples, compares the checkpoints.
#   demo.sh PATH_TO_SALIENCE
set -euo pipefail

salience=$1
output=out/demo
early=$(ls -d models/demo/checkpoint-* | head -n 1)
final=$(ls -d models/demo/checkpoint-* | tail -n 1)

heading() { printf '\n\033[1m%s\033[0m\n' "$1"; }
[[ -t 1 && -z ${NO_COLOR:-} ]] || heading() { printf '\n%s\n' "$1"; }

heading "Integrated gradients of 3,000 texts under 2 checkpoints"
"$salience" run pipelines/demo.yaml --overwrite

heading "Texts under the early and the final checkpoint: green speaks for the predicted class, red against it"
for text in \
  'The plot is fine, but the ending is not good at all.' \
  'A film that is not funny, not clever and far too long.' \
  'Not the best phone out there, but I would buy it again.'; do
  for model in "$early" "$final"; do
    printf '\n%s\n' "$(basename "$model")"
    "$salience" attribute "$text" --model "$model"
  done
done

heading "What changed between the checkpoints"
"$salience" compare "$output" --output out/demo-compare

heading "The tables"
printf '  %s\n' "$output"/{predictions,explanations,attributions}/model=*/ "$output/tokens.csv" out/demo-compare/*

heading "Next: the words that speak loudest, for DuckDB"
cat <<SQL
  SELECT lower(token) AS word, count(*) AS uses, round(avg(normalized), 3) AS mean_score
  FROM '$output/attributions/model=$(basename "$final")/*.parquet'
  WHERE NOT special GROUP BY ALL HAVING uses >= 20 ORDER BY mean_score DESC LIMIT 20;

Every token is also a line of $output/tokens.csv, for a spreadsheet.
SQL
