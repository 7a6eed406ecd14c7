# Made by `python -m luma_cli.docgen --write`; do not edit.
# Completion of luma-agents-cli for PowerShell 5.1 and newer. A Tab starts no other program.

Register-ArgumentCompleter -Native -CommandName luma-agents-cli, luma -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $children = @{}
    foreach ($command in @(
            'generations'
            'generations create'
            'generations get'
            'generations wait'
            'generations download'
            'generations list'
            'generations show'
            'generations resume'
            'generations batch'
            'files'
            'files create'
            'files upload'
            'files complete'
            'files get'
            'files list'
            'files delete'
            'auth'
            'auth login'
            'auth logout'
            'auth status'
            'config'
            'config get'
            'config set'
            'config set format'
            'config set format_error'
            'config set raw_output'
            'config set quiet'
            'config set verbose'
            'config set debug'
            'config set no_color'
            'config set upload'
            'config set literal'
            'config set history'
            'config unset'
            'config list'
            'config path'
            'sandbox'
            'sandbox serve'
            'sandbox exec'
            'cost'
            'completion'
        )) { $children[$command] = $true }
    $below = @{}
    $below[''] = @(
        [pscustomobject]@{ Word = 'generations'; Help = 'Create images and videos, wait for them, download them' }
        [pscustomobject]@{ Word = 'files'; Help = 'Upload, list and delete files' }
        [pscustomobject]@{ Word = 'auth'; Help = 'Store and check the API key' }
        [pscustomobject]@{ Word = 'config'; Help = 'Read and change the config file' }
        [pscustomobject]@{ Word = 'sandbox'; Help = 'Simulate the API on this machine, free of charge' }
        [pscustomobject]@{ Word = 'cost'; Help = 'Print what `generations create` with the same flags would cost' }
        [pscustomobject]@{ Word = 'completion'; Help = 'Print the script that completes commands, flags and values in a shell' }
    )
    $below['generations'] = @(
        [pscustomobject]@{ Word = 'create'; Help = 'Submit a job' }
        [pscustomobject]@{ Word = 'get'; Help = 'Print the current state of a job' }
        [pscustomobject]@{ Word = 'wait'; Help = 'Wait until jobs end and print each when it ends' }
        [pscustomobject]@{ Word = 'download'; Help = 'Save the outputs of completed jobs and print one path per line' }
        [pscustomobject]@{ Word = 'list'; Help = 'Print the jobs that this machine submitted with this host and profile, newest first' }
        [pscustomobject]@{ Word = 'show'; Help = 'Print everything the history has about a job: request, attempts, cost, files' }
        [pscustomobject]@{ Word = 'resume'; Help = 'Resume unfinished jobs: wait for them and save their outputs' }
        [pscustomobject]@{ Word = 'batch'; Help = 'Submit a job for each row of a table, wait for all, and save their outputs' }
    )
    $below['files'] = @(
        [pscustomobject]@{ Word = 'create'; Help = 'Create a file record and print the URL to PUT its bytes to' }
        [pscustomobject]@{ Word = 'upload'; Help = 'Upload files, wait until they are ready, and print their records' }
        [pscustomobject]@{ Word = 'complete'; Help = 'Mark an upload as complete and print its record' }
        [pscustomobject]@{ Word = 'get'; Help = 'Print the current record of a file' }
        [pscustomobject]@{ Word = 'list'; Help = 'Print one page of the files of the account, newest first' }
        [pscustomobject]@{ Word = 'delete'; Help = 'Delete a file' }
    )
    $below['auth'] = @(
        [pscustomobject]@{ Word = 'login'; Help = 'Store an API key in the config file' }
        [pscustomobject]@{ Word = 'logout'; Help = 'Remove the API key from the config file' }
        [pscustomobject]@{ Word = 'status'; Help = 'Print which key is used and check it with a free request' }
    )
    $below['config'] = @(
        [pscustomobject]@{ Word = 'get'; Help = 'Print the value of one setting in the config file' }
        [pscustomobject]@{ Word = 'set'; Help = 'Change one setting in the config file' }
        [pscustomobject]@{ Word = 'unset'; Help = 'Remove one setting from the config file' }
        [pscustomobject]@{ Word = 'list'; Help = 'Print the value of every setting and where it comes from' }
        [pscustomobject]@{ Word = 'path'; Help = 'Print the path of the config file' }
    )
    $below['sandbox'] = @(
        [pscustomobject]@{ Word = 'serve'; Help = 'Run the simulator until Ctrl-C' }
        [pscustomobject]@{ Word = 'exec'; Help = 'Run a program with its own simulator' }
    )
    $flags = @{}
    $flags[''] = @(
        [pscustomobject]@{ Word = '--auth-token'; Help = 'API key; prefer `auth login`, which stores it' }
        [pscustomobject]@{ Word = '--base-url'; Help = 'Base URL of the API' }
        [pscustomobject]@{ Word = '--format'; Help = 'Format of the data on stdout' }
        [pscustomobject]@{ Word = '--format-error'; Help = 'Format of errors on stderr; `auto` is plain text' }
        [pscustomobject]@{ Word = '--transform'; Help = 'Part of the data to print, as a GJSON path: `output.0.url`' }
        [pscustomobject]@{ Word = '--transform-error'; Help = 'Part of an error to print, as a GJSON path' }
        [pscustomobject]@{ Word = '--raw-output'; Help = 'Print strings without quotes' }
        [pscustomobject]@{ Word = '--profile'; Help = 'Profile of the config file' }
        [pscustomobject]@{ Word = '--quiet'; Help = 'Print no progress and no notes' }
        [pscustomobject]@{ Word = '--verbose'; Help = 'Print requests and states on stderr' }
        [pscustomobject]@{ Word = '--debug'; Help = 'Print every HTTP exchange on stderr, without secrets' }
        [pscustomobject]@{ Word = '--no-color'; Help = 'Do not use colours' }
        [pscustomobject]@{ Word = '--request-timeout'; Help = 'Time to wait for an answer, e.g. `90s`' }
        [pscustomobject]@{ Word = '--max-retries'; Help = 'Number of retries of a failed read or a refused submission' }
        [pscustomobject]@{ Word = '--version'; Help = 'Print the version' }
        [pscustomobject]@{ Word = '--help'; Help = 'Show the help and exit' }
    )
    $flags['generations create'] = @(
        [pscustomobject]@{ Word = '--prompt'; Help = 'What to make; only a layering works without a prompt' }
        [pscustomobject]@{ Word = '--prompt-file'; Help = 'Read the prompt from a file, `-` for stdin' }
        [pscustomobject]@{ Word = '--model'; Help = 'Model' }
        [pscustomobject]@{ Word = '--type'; Help = 'Type of job' }
        [pscustomobject]@{ Word = '--aspect-ratio'; Help = 'Width to height; required for a reframe, otherwise chosen by the model' }
        [pscustomobject]@{ Word = '--style'; Help = 'Style of an image' }
        [pscustomobject]@{ Word = '--output-format'; Help = 'File format of an image; chosen by the model if omitted' }
        [pscustomobject]@{ Word = '--web-search'; Help = 'Let the model search the web for images' }
        [pscustomobject]@{ Word = '--user-id'; Help = 'Opaque id of your end user, for abuse reports' }
        [pscustomobject]@{ Word = '--param'; Help = 'Any other field of the request; KEY may have dots, VALUE is YAML' }
        [pscustomobject]@{ Word = '--ref'; Help = 'Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping' }
        [pscustomobject]@{ Word = '--image-ref'; Help = 'Reference image as a mapping: `{url: https://…}`' }
        [pscustomobject]@{ Word = '--image-ref.url'; Help = 'URL of the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.data'; Help = 'Bytes of the most recent `--image-ref` in base64' }
        [pscustomobject]@{ Word = '--image-ref.media-type'; Help = 'MIME type of the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.generation-id'; Help = 'Id of the generation that made the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.file-id'; Help = 'Id of the most recent `--image-ref` as an uploaded file' }
        [pscustomobject]@{ Word = '--source'; Help = 'Image or video to edit, reframe or separate into layers' }
        [pscustomobject]@{ Word = '--source.url'; Help = 'URL of the source' }
        [pscustomobject]@{ Word = '--source.data'; Help = 'Bytes of the source in base64' }
        [pscustomobject]@{ Word = '--source.media-type'; Help = 'MIME type of the source' }
        [pscustomobject]@{ Word = '--source.generation-id'; Help = 'Id of the generation that made the source' }
        [pscustomobject]@{ Word = '--source.file-id'; Help = 'Id of the source as an uploaded file' }
        [pscustomobject]@{ Word = '--layering'; Help = 'Options of a layering as a mapping: `{resolution: 2k}`' }
        [pscustomobject]@{ Word = '--layering.resolution'; Help = 'Long side of the layers' }
        [pscustomobject]@{ Word = '--duration'; Help = 'Length of the video' }
        [pscustomobject]@{ Word = '--resolution'; Help = 'Short side of the video' }
        [pscustomobject]@{ Word = '--hdr'; Help = 'Make a high dynamic range video; requires 720p or 1080p' }
        [pscustomobject]@{ Word = '--exr'; Help = 'Make an EXR as well as the MP4; requires `--hdr`' }
        [pscustomobject]@{ Word = '--loop'; Help = 'Make the video loop seamlessly' }
        [pscustomobject]@{ Word = '--start-frame'; Help = 'First frame, or the video to extend' }
        [pscustomobject]@{ Word = '--end-frame'; Help = 'Last frame' }
        [pscustomobject]@{ Word = '--guide-frame'; Help = 'Frame that guides an edit' }
        [pscustomobject]@{ Word = '--keyframe'; Help = 'Image at frame INDEX; 24 frames a second' }
        [pscustomobject]@{ Word = '--strength'; Help = 'How much an edit may change' }
        [pscustomobject]@{ Word = '--auto-controls'; Help = 'Let the model choose how to control the edit' }
        [pscustomobject]@{ Word = '--video'; Help = 'The whole `video` object as a mapping: `{duration: 5s}`' }
        [pscustomobject]@{ Word = '--video.duration'; Help = 'Same as --duration' }
        [pscustomobject]@{ Word = '--video.resolution'; Help = 'Same as --resolution' }
        [pscustomobject]@{ Word = '--video.hdr'; Help = 'Same as --hdr' }
        [pscustomobject]@{ Word = '--video.exr-export'; Help = 'Same as --exr' }
        [pscustomobject]@{ Word = '--video.loop'; Help = 'Same as --loop' }
        [pscustomobject]@{ Word = '--video.start-frame'; Help = 'First frame, as a mapping' }
        [pscustomobject]@{ Word = '--video.end-frame'; Help = 'Last frame, as a mapping' }
        [pscustomobject]@{ Word = '--video.guide-frame'; Help = 'Frame that guides an edit, as a mapping' }
        [pscustomobject]@{ Word = '--video.edit'; Help = 'Options of a video edit, as a mapping' }
        [pscustomobject]@{ Word = '--video.source-position'; Help = 'Position of the source in a reframe, as a mapping: x_norm, y_norm, w_norm, h_norm' }
        [pscustomobject]@{ Word = '--video.keyframes'; Help = 'Keyframes, as a list of mappings' }
        [pscustomobject]@{ Word = '--video.keyframe-indexes'; Help = 'Frame of each keyframe, as a list; 24 frames a second' }
        [pscustomobject]@{ Word = '--input'; Help = 'A whole request in YAML or JSON, `-` for stdin; flags override it' }
        [pscustomobject]@{ Word = '--wait'; Help = 'Wait until the job ends' }
        [pscustomobject]@{ Word = '--no-wait'; Help = 'Do not wait until the job ends' }
        [pscustomobject]@{ Word = '--timeout'; Help = 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit' }
        [pscustomobject]@{ Word = '--poll-interval'; Help = 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]' }
        [pscustomobject]@{ Word = '--output'; Help = 'Save the output as this file; `-` is stdout' }
        [pscustomobject]@{ Word = '--output-dir'; Help = 'Save the outputs in this folder as `ID.EXT`' }
        [pscustomobject]@{ Word = '--name'; Help = 'Names of the outputs, e.g. `{date}-{prompt}.{ext}`; also {id}, {short_id}, {index}, {type}, {model}, {time}, {label}, {tag}' }
        [pscustomobject]@{ Word = '--overwrite'; Help = 'Replace existing files' }
        [pscustomobject]@{ Word = '--skip-existing'; Help = 'Skip outputs that already exist; submit nothing if the file of `-o`, or of a `--name` without tokens, exists' }
        [pscustomobject]@{ Word = '--dry-run'; Help = 'Print the request, its cost and what the API would reject (exit 3); send nothing' }
        [pscustomobject]@{ Word = '--tag'; Help = 'Label of the job in the history; `list --tag` finds it' }
        [pscustomobject]@{ Word = '--once'; Help = 'Resume the job of the same request in the history, if there is one, instead of submitting it again' }
        [pscustomobject]@{ Word = '--once-key'; Help = 'Name the job KEY; if the history has a job with that key, resume it instead' }
        [pscustomobject]@{ Word = '--max-cost'; Help = 'Reject jobs that cost more or whose price is unknown; `any` lifts the limit' }
        [pscustomobject]@{ Word = '--max-cost-per-day'; Help = 'Limit on the total cost of the last 24 hours, this job included' }
        [pscustomobject]@{ Word = '--upload'; Help = 'When to upload local files instead of sending them inside the request; `auto`: videos and files over the threshold' }
        [pscustomobject]@{ Word = '--upload-threshold'; Help = 'Upload files larger than this, e.g. `8MiB`' }
        [pscustomobject]@{ Word = '--literal'; Help = 'Do not embed files that `@file` names on stdin and in `--input`; flags still do' }
        [pscustomobject]@{ Word = '--no-history'; Help = 'Do not record this job in the history' }
    )
    $flags['generations get'] = @(
        [pscustomobject]@{ Word = '--generation-id'; Help = 'Same as the argument' }
    )
    $flags['generations wait'] = @(
        [pscustomobject]@{ Word = '--timeout'; Help = 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit' }
        [pscustomobject]@{ Word = '--poll-interval'; Help = 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]' }
    )
    $flags['generations download'] = @(
        [pscustomobject]@{ Word = '--wait'; Help = 'Wait until the job ends' }
        [pscustomobject]@{ Word = '--no-wait'; Help = 'Do not wait until the job ends' }
        [pscustomobject]@{ Word = '--timeout'; Help = 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit' }
        [pscustomobject]@{ Word = '--poll-interval'; Help = 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]' }
        [pscustomobject]@{ Word = '--output'; Help = 'Save the output as this file; `-` is stdout' }
        [pscustomobject]@{ Word = '--output-dir'; Help = 'Save the outputs in this folder as `ID.EXT`' }
        [pscustomobject]@{ Word = '--name'; Help = 'Names of the outputs, e.g. `{date}-{prompt}.{ext}`; also {id}, {short_id}, {index}, {type}, {model}, {time}, {label}, {tag}' }
        [pscustomobject]@{ Word = '--overwrite'; Help = 'Replace existing files' }
        [pscustomobject]@{ Word = '--skip-existing'; Help = 'Skip outputs that already exist' }
    )
    $flags['generations list'] = @(
        [pscustomobject]@{ Word = '--state'; Help = 'Only jobs in this state' }
        [pscustomobject]@{ Word = '--type'; Help = 'Only jobs of this type' }
        [pscustomobject]@{ Word = '--model'; Help = 'Only jobs of this model' }
        [pscustomobject]@{ Word = '--tag'; Help = 'Only jobs with this tag' }
        [pscustomobject]@{ Word = '--since'; Help = 'Only jobs submitted this recently, e.g. `2h`, `7d`' }
        [pscustomobject]@{ Word = '--search'; Help = 'Only jobs with this text in the prompt' }
        [pscustomobject]@{ Word = '--limit'; Help = 'Number of jobs, newest first; 0 for all' }
        [pscustomobject]@{ Word = '--sandbox'; Help = 'Only jobs of sandboxes, which cost nothing' }
        [pscustomobject]@{ Word = '--refresh'; Help = 'Ask the API for the current state of jobs that have not ended. Default on a terminal, for 20 jobs' }
        [pscustomobject]@{ Word = '--no-refresh'; Help = 'Do not ask the API for the current state of jobs that have not ended. Default on a terminal, for 20 jobs' }
        [pscustomobject]@{ Word = '--spend'; Help = 'Print the money spent per day, model or tag instead of jobs' }
    )
    $flags['generations resume'] = @(
        [pscustomobject]@{ Word = '--timeout'; Help = 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit' }
        [pscustomobject]@{ Word = '--poll-interval'; Help = 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]' }
    )
    $flags['generations batch'] = @(
        [pscustomobject]@{ Word = '--from'; Help = 'Format of the input; otherwise the file''s extension decides' }
        [pscustomobject]@{ Word = '--vary'; Help = 'Make a job for each value, e.g. `aspect_ratio=1:1,16:9`; with several keys, for each combination' }
        [pscustomobject]@{ Word = '--count'; Help = 'Make N jobs for each row and combination' }
        [pscustomobject]@{ Word = '--override'; Help = 'Set KEY to VALUE in every row, even where the row has its own value' }
        [pscustomobject]@{ Word = '--embed-files'; Help = 'Embed the files that `@path` in a cell names; otherwise `@path` is text' }
        [pscustomobject]@{ Word = '--allow-outside'; Help = 'Allow paths in rows that lead out of the folder of FILE' }
        [pscustomobject]@{ Word = '--ignore-unknown-columns'; Help = 'Ignore columns that are neither a field nor a variable in a text' }
        [pscustomobject]@{ Word = '--no-check'; Help = 'Submit rows even if the API is expected to reject them' }
        [pscustomobject]@{ Word = '--skip-invalid'; Help = 'Skip rows with errors and submit the others' }
        [pscustomobject]@{ Word = '--unique'; Help = 'Submit only one of several equal rows without an `id`' }
        [pscustomobject]@{ Word = '--run'; Help = 'Name of the run to start or continue; the path of FILE if omitted, required with stdin' }
        [pscustomobject]@{ Word = '--status'; Help = 'Print the state of each job from the history; send nothing' }
        [pscustomobject]@{ Word = '--fresh'; Help = 'Start a new run, which pays for every row again' }
        [pscustomobject]@{ Word = '--resubmit-failed'; Help = 'Submit jobs again that failed in an earlier invocation; you pay again' }
        [pscustomobject]@{ Word = '--resubmit-unknown'; Help = 'Submit jobs again that may or may not have been accepted; you may pay twice' }
        [pscustomobject]@{ Word = '--resubmit'; Help = 'Submit a job that fails for a temporary reason up to N times again; you pay each time' }
        [pscustomobject]@{ Word = '--on-change'; Help = 'If the request of a known `id` has changed, submit it again or keep the earlier job; otherwise, it is an error' }
        [pscustomobject]@{ Word = '--verify'; Help = 'Check saved files by their content, not by size and time' }
        [pscustomobject]@{ Word = '--shard'; Help = 'Process only part K of N parts of the rows; a row''s key decides its part' }
        [pscustomobject]@{ Word = '--jobs'; Help = 'Run at most N jobs at once; otherwise as many as the account allows' }
        [pscustomobject]@{ Word = '--rpm'; Help = 'Submit at most N jobs per minute; otherwise as many as the account allows' }
        [pscustomobject]@{ Word = '--timeout'; Help = 'Stop submitting and waiting after this long, e.g. `1h` (exit 9); the same command continues. Default: no limit' }
        [pscustomobject]@{ Word = '--job-timeout'; Help = 'Stop waiting for a job after this long, e.g. `10m`; it keeps running' }
        [pscustomobject]@{ Word = '--fail-fast'; Help = 'Stop submitting after the first failed job' }
        [pscustomobject]@{ Word = '--max-failures'; Help = 'Stop submitting after N failed jobs, or after N% of all jobs' }
        [pscustomobject]@{ Word = '--poll-interval'; Help = 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]' }
        [pscustomobject]@{ Word = '--output-dir'; Help = 'Save the outputs and the manifest in this folder; otherwise in one named like FILE' }
        [pscustomobject]@{ Word = '--name'; Help = 'Names of the outputs, with the tokens of `create` and {n} (number of the row), {key} (its `id`), {col.NAME} (a column)' }
        [pscustomobject]@{ Word = '--overwrite'; Help = 'Replace existing files' }
        [pscustomobject]@{ Word = '--skip-existing'; Help = 'Skip outputs that already exist' }
        [pscustomobject]@{ Word = '--report'; Help = 'Write a report, in the format of its extension: .csv with the columns of the input, .jsonl, .xml (JUnit) or .md' }
        [pscustomobject]@{ Word = '--merge'; Help = 'Print and report the results of the manifests given as FILE, e.g. of shards; send nothing' }
        [pscustomobject]@{ Word = '--ordered'; Help = 'Print results in the order of the rows, not as jobs end' }
        [pscustomobject]@{ Word = '--dry-run'; Help = 'Print the requests, their prices and what the API would reject (exit 3); send nothing' }
        [pscustomobject]@{ Word = '--max-cost'; Help = 'Stop submitting before the run costs more than this, in all of its invocations; `any` lifts the limit' }
        [pscustomobject]@{ Word = '--max-cost-per-day'; Help = 'Limit on the total cost of the last 24 hours, these jobs included' }
        [pscustomobject]@{ Word = '--confirm-above'; Help = 'Ask at a terminal before submitting jobs that cost more than this; `any` never asks' }
        [pscustomobject]@{ Word = '--yes'; Help = 'Submit without asking for confirmation' }
        [pscustomobject]@{ Word = '--tag'; Help = 'Label of the jobs in the history, unless a column `tag` has one; `list --tag` finds them' }
        [pscustomobject]@{ Word = '--prompt'; Help = 'What to make; only a layering works without a prompt' }
        [pscustomobject]@{ Word = '--prompt-file'; Help = 'Read the prompt from a file, `-` for stdin' }
        [pscustomobject]@{ Word = '--model'; Help = 'Model' }
        [pscustomobject]@{ Word = '--type'; Help = 'Type of job' }
        [pscustomobject]@{ Word = '--aspect-ratio'; Help = 'Width to height; required for a reframe, otherwise chosen by the model' }
        [pscustomobject]@{ Word = '--style'; Help = 'Style of an image' }
        [pscustomobject]@{ Word = '--output-format'; Help = 'File format of an image; chosen by the model if omitted' }
        [pscustomobject]@{ Word = '--web-search'; Help = 'Let the model search the web for images' }
        [pscustomobject]@{ Word = '--user-id'; Help = 'Opaque id of your end user, for abuse reports' }
        [pscustomobject]@{ Word = '--param'; Help = 'Any other field of the request; KEY may have dots, VALUE is YAML' }
        [pscustomobject]@{ Word = '--ref'; Help = 'Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping' }
        [pscustomobject]@{ Word = '--image-ref'; Help = 'Reference image as a mapping: `{url: https://…}`' }
        [pscustomobject]@{ Word = '--image-ref.url'; Help = 'URL of the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.data'; Help = 'Bytes of the most recent `--image-ref` in base64' }
        [pscustomobject]@{ Word = '--image-ref.media-type'; Help = 'MIME type of the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.generation-id'; Help = 'Id of the generation that made the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.file-id'; Help = 'Id of the most recent `--image-ref` as an uploaded file' }
        [pscustomobject]@{ Word = '--source'; Help = 'Image or video to edit, reframe or separate into layers' }
        [pscustomobject]@{ Word = '--source.url'; Help = 'URL of the source' }
        [pscustomobject]@{ Word = '--source.data'; Help = 'Bytes of the source in base64' }
        [pscustomobject]@{ Word = '--source.media-type'; Help = 'MIME type of the source' }
        [pscustomobject]@{ Word = '--source.generation-id'; Help = 'Id of the generation that made the source' }
        [pscustomobject]@{ Word = '--source.file-id'; Help = 'Id of the source as an uploaded file' }
        [pscustomobject]@{ Word = '--layering'; Help = 'Options of a layering as a mapping: `{resolution: 2k}`' }
        [pscustomobject]@{ Word = '--layering.resolution'; Help = 'Long side of the layers' }
        [pscustomobject]@{ Word = '--duration'; Help = 'Length of the video' }
        [pscustomobject]@{ Word = '--resolution'; Help = 'Short side of the video' }
        [pscustomobject]@{ Word = '--hdr'; Help = 'Make a high dynamic range video; requires 720p or 1080p' }
        [pscustomobject]@{ Word = '--exr'; Help = 'Make an EXR as well as the MP4; requires `--hdr`' }
        [pscustomobject]@{ Word = '--loop'; Help = 'Make the video loop seamlessly' }
        [pscustomobject]@{ Word = '--start-frame'; Help = 'First frame, or the video to extend' }
        [pscustomobject]@{ Word = '--end-frame'; Help = 'Last frame' }
        [pscustomobject]@{ Word = '--guide-frame'; Help = 'Frame that guides an edit' }
        [pscustomobject]@{ Word = '--keyframe'; Help = 'Image at frame INDEX; 24 frames a second' }
        [pscustomobject]@{ Word = '--strength'; Help = 'How much an edit may change' }
        [pscustomobject]@{ Word = '--auto-controls'; Help = 'Let the model choose how to control the edit' }
        [pscustomobject]@{ Word = '--video'; Help = 'The whole `video` object as a mapping: `{duration: 5s}`' }
        [pscustomobject]@{ Word = '--video.duration'; Help = 'Same as --duration' }
        [pscustomobject]@{ Word = '--video.resolution'; Help = 'Same as --resolution' }
        [pscustomobject]@{ Word = '--video.hdr'; Help = 'Same as --hdr' }
        [pscustomobject]@{ Word = '--video.exr-export'; Help = 'Same as --exr' }
        [pscustomobject]@{ Word = '--video.loop'; Help = 'Same as --loop' }
        [pscustomobject]@{ Word = '--video.start-frame'; Help = 'First frame, as a mapping' }
        [pscustomobject]@{ Word = '--video.end-frame'; Help = 'Last frame, as a mapping' }
        [pscustomobject]@{ Word = '--video.guide-frame'; Help = 'Frame that guides an edit, as a mapping' }
        [pscustomobject]@{ Word = '--video.edit'; Help = 'Options of a video edit, as a mapping' }
        [pscustomobject]@{ Word = '--video.source-position'; Help = 'Position of the source in a reframe, as a mapping: x_norm, y_norm, w_norm, h_norm' }
        [pscustomobject]@{ Word = '--video.keyframes'; Help = 'Keyframes, as a list of mappings' }
        [pscustomobject]@{ Word = '--video.keyframe-indexes'; Help = 'Frame of each keyframe, as a list; 24 frames a second' }
        [pscustomobject]@{ Word = '--upload'; Help = 'When to upload local files instead of sending them inside the request; `auto`: videos and files over the threshold' }
        [pscustomobject]@{ Word = '--upload-threshold'; Help = 'Upload files larger than this, e.g. `8MiB`' }
    )
    $flags['files create'] = @(
        [pscustomobject]@{ Word = '--mime-type'; Help = 'MIME type of the file; required' }
        [pscustomobject]@{ Word = '--size-bytes'; Help = 'Exact size of the file; required' }
        [pscustomobject]@{ Word = '--filename'; Help = 'Name of the file' }
        [pscustomobject]@{ Word = '--purpose'; Help = 'Purpose of the file' }
        [pscustomobject]@{ Word = '--expires-at'; Help = 'Time after which the API may delete the file, e.g. 2027-01-31T12:00:00Z' }
        [pscustomobject]@{ Word = '--user-id'; Help = 'Opaque id of your end user, for abuse reports' }
        [pscustomobject]@{ Word = '--literal'; Help = 'Do not embed files that `@file` names on stdin and in `--input`; flags still do' }
    )
    $flags['files upload'] = @(
        [pscustomobject]@{ Word = '--purpose'; Help = 'Purpose of the file' }
        [pscustomobject]@{ Word = '--expires-in'; Help = 'Let the API delete the file after this long, e.g. `2h`, `7d`' }
        [pscustomobject]@{ Word = '--mime-type'; Help = 'MIME type; detected from the content if omitted' }
        [pscustomobject]@{ Word = '--wait'; Help = 'Wait until the API has processed the file' }
        [pscustomobject]@{ Word = '--no-wait'; Help = 'Do not wait until the API has processed the file' }
        [pscustomobject]@{ Word = '--reuse'; Help = 'Reuse an earlier upload with the same content, purpose and type' }
        [pscustomobject]@{ Word = '--no-reuse'; Help = 'Do not reuse an earlier upload with the same content, purpose and type' }
    )
    $flags['files complete'] = @(
        [pscustomobject]@{ Word = '--file-id'; Help = 'Same as the argument' }
    )
    $flags['files get'] = @(
        [pscustomobject]@{ Word = '--file-id'; Help = 'Same as the argument' }
    )
    $flags['files list'] = @(
        [pscustomobject]@{ Word = '--cursor'; Help = 'Start after this position: `next_cursor` of the previous page' }
        [pscustomobject]@{ Word = '--limit'; Help = 'Files per page, 1 to 100' }
        [pscustomobject]@{ Word = '--purpose'; Help = 'Only files for this purpose' }
        [pscustomobject]@{ Word = '--state'; Help = 'Only files in this state' }
        [pscustomobject]@{ Word = '--all'; Help = 'Print all pages as one' }
    )
    $flags['files delete'] = @(
        [pscustomobject]@{ Word = '--file-id'; Help = 'Same as the argument' }
    )
    $flags['auth login'] = @(
        [pscustomobject]@{ Word = '--with-token'; Help = 'Read the key from stdin' }
    )
    $flags['sandbox serve'] = @(
        [pscustomobject]@{ Word = '--host'; Help = 'Address or name to listen on; only it and loopback names are served' }
        [pscustomobject]@{ Word = '--port'; Help = 'Port; 0 selects a free one' }
        [pscustomobject]@{ Word = '--latency'; Help = 'How long jobs and file processing take, e.g. `2s` or `image=2s,video=8s-20s`  [default: image=3s,video=6s,layering=4s,file=1s]' }
        [pscustomobject]@{ Word = '--seed'; Help = 'Seed for images, times and probabilities, for reproducible runs' }
        [pscustomobject]@{ Word = '--rpm'; Help = 'Submissions a key may make in 60 s; 0 for no limit' }
        [pscustomobject]@{ Word = '--jobs'; Help = 'Jobs a key may have at once; 0 for no limit' }
        [pscustomobject]@{ Word = '--url-life'; Help = 'How long presigned links are valid' }
        [pscustomobject]@{ Word = '--fault'; Help = 'Fault to inject, as described below' }
        [pscustomobject]@{ Word = '--log'; Help = 'Append every request to this file, as JSON lines' }
        [pscustomobject]@{ Word = '--state'; Help = 'Keep jobs and files in this folder; by default they are lost when the simulator ends' }
    )
    $flags['sandbox exec'] = @(
        [pscustomobject]@{ Word = '--latency'; Help = 'How long jobs and file processing take, e.g. `2s` or `image=2s,video=8s-20s`  [default: image=3s,video=6s,layering=4s,file=1s]' }
        [pscustomobject]@{ Word = '--seed'; Help = 'Seed for images, times and probabilities, for reproducible runs' }
        [pscustomobject]@{ Word = '--rpm'; Help = 'Submissions a key may make in 60 s; 0 for no limit' }
        [pscustomobject]@{ Word = '--jobs'; Help = 'Jobs a key may have at once; 0 for no limit' }
        [pscustomobject]@{ Word = '--url-life'; Help = 'How long presigned links are valid' }
        [pscustomobject]@{ Word = '--fault'; Help = 'Fault to inject, as described below' }
        [pscustomobject]@{ Word = '--log'; Help = 'Append every request to this file, as JSON lines' }
        [pscustomobject]@{ Word = '--state'; Help = 'Keep jobs and files in this folder; by default they are lost when the simulator ends' }
    )
    $flags['cost'] = @(
        [pscustomobject]@{ Word = '--prompt'; Help = 'What to make; only a layering works without a prompt' }
        [pscustomobject]@{ Word = '--prompt-file'; Help = 'Read the prompt from a file, `-` for stdin' }
        [pscustomobject]@{ Word = '--model'; Help = 'Model' }
        [pscustomobject]@{ Word = '--type'; Help = 'Type of job' }
        [pscustomobject]@{ Word = '--aspect-ratio'; Help = 'Width to height; required for a reframe, otherwise chosen by the model' }
        [pscustomobject]@{ Word = '--style'; Help = 'Style of an image' }
        [pscustomobject]@{ Word = '--output-format'; Help = 'File format of an image; chosen by the model if omitted' }
        [pscustomobject]@{ Word = '--web-search'; Help = 'Let the model search the web for images' }
        [pscustomobject]@{ Word = '--user-id'; Help = 'Opaque id of your end user, for abuse reports' }
        [pscustomobject]@{ Word = '--param'; Help = 'Any other field of the request; KEY may have dots, VALUE is YAML' }
        [pscustomobject]@{ Word = '--ref'; Help = 'Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping' }
        [pscustomobject]@{ Word = '--image-ref'; Help = 'Reference image as a mapping: `{url: https://…}`' }
        [pscustomobject]@{ Word = '--image-ref.url'; Help = 'URL of the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.data'; Help = 'Bytes of the most recent `--image-ref` in base64' }
        [pscustomobject]@{ Word = '--image-ref.media-type'; Help = 'MIME type of the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.generation-id'; Help = 'Id of the generation that made the most recent `--image-ref`' }
        [pscustomobject]@{ Word = '--image-ref.file-id'; Help = 'Id of the most recent `--image-ref` as an uploaded file' }
        [pscustomobject]@{ Word = '--source'; Help = 'Image or video to edit, reframe or separate into layers' }
        [pscustomobject]@{ Word = '--source.url'; Help = 'URL of the source' }
        [pscustomobject]@{ Word = '--source.data'; Help = 'Bytes of the source in base64' }
        [pscustomobject]@{ Word = '--source.media-type'; Help = 'MIME type of the source' }
        [pscustomobject]@{ Word = '--source.generation-id'; Help = 'Id of the generation that made the source' }
        [pscustomobject]@{ Word = '--source.file-id'; Help = 'Id of the source as an uploaded file' }
        [pscustomobject]@{ Word = '--layering'; Help = 'Options of a layering as a mapping: `{resolution: 2k}`' }
        [pscustomobject]@{ Word = '--layering.resolution'; Help = 'Long side of the layers' }
        [pscustomobject]@{ Word = '--duration'; Help = 'Length of the video' }
        [pscustomobject]@{ Word = '--resolution'; Help = 'Short side of the video' }
        [pscustomobject]@{ Word = '--hdr'; Help = 'Make a high dynamic range video; requires 720p or 1080p' }
        [pscustomobject]@{ Word = '--exr'; Help = 'Make an EXR as well as the MP4; requires `--hdr`' }
        [pscustomobject]@{ Word = '--loop'; Help = 'Make the video loop seamlessly' }
        [pscustomobject]@{ Word = '--start-frame'; Help = 'First frame, or the video to extend' }
        [pscustomobject]@{ Word = '--end-frame'; Help = 'Last frame' }
        [pscustomobject]@{ Word = '--guide-frame'; Help = 'Frame that guides an edit' }
        [pscustomobject]@{ Word = '--keyframe'; Help = 'Image at frame INDEX; 24 frames a second' }
        [pscustomobject]@{ Word = '--strength'; Help = 'How much an edit may change' }
        [pscustomobject]@{ Word = '--auto-controls'; Help = 'Let the model choose how to control the edit' }
        [pscustomobject]@{ Word = '--video'; Help = 'The whole `video` object as a mapping: `{duration: 5s}`' }
        [pscustomobject]@{ Word = '--video.duration'; Help = 'Same as --duration' }
        [pscustomobject]@{ Word = '--video.resolution'; Help = 'Same as --resolution' }
        [pscustomobject]@{ Word = '--video.hdr'; Help = 'Same as --hdr' }
        [pscustomobject]@{ Word = '--video.exr-export'; Help = 'Same as --exr' }
        [pscustomobject]@{ Word = '--video.loop'; Help = 'Same as --loop' }
        [pscustomobject]@{ Word = '--video.start-frame'; Help = 'First frame, as a mapping' }
        [pscustomobject]@{ Word = '--video.end-frame'; Help = 'Last frame, as a mapping' }
        [pscustomobject]@{ Word = '--video.guide-frame'; Help = 'Frame that guides an edit, as a mapping' }
        [pscustomobject]@{ Word = '--video.edit'; Help = 'Options of a video edit, as a mapping' }
        [pscustomobject]@{ Word = '--video.source-position'; Help = 'Position of the source in a reframe, as a mapping: x_norm, y_norm, w_norm, h_norm' }
        [pscustomobject]@{ Word = '--video.keyframes'; Help = 'Keyframes, as a list of mappings' }
        [pscustomobject]@{ Word = '--video.keyframe-indexes'; Help = 'Frame of each keyframe, as a list; 24 frames a second' }
        [pscustomobject]@{ Word = '--input'; Help = 'A whole request in YAML or JSON, `-` for stdin; flags override it' }
        [pscustomobject]@{ Word = '--literal'; Help = 'Do not embed files that `@file` names on stdin and in `--input`; flags still do' }
    )
    $flags['completion'] = @(
        [pscustomobject]@{ Word = '--install'; Help = 'Install it where your shell looks for completion scripts' }
    )
    $values = @{}
    $values[' --auth-token'] = @{ Kind = 'nothing' }
    $values[' --base-url'] = @{ Kind = 'nothing' }
    $values[' --format'] = @{ Kind = 'words'; Words = 'auto', 'explore', 'json', 'jsonl', 'pretty', 'raw', 'yaml' }
    $values[' --format-error'] = @{ Kind = 'words'; Words = 'auto', 'explore', 'json', 'jsonl', 'pretty', 'raw', 'yaml' }
    $values[' --transform'] = @{ Kind = 'nothing' }
    $values[' --transform-error'] = @{ Kind = 'nothing' }
    $values[' --profile'] = @{ Kind = 'profile' }
    $values[' --request-timeout'] = @{ Kind = 'nothing' }
    $values[' --max-retries'] = @{ Kind = 'nothing' }
    $values['generations create --prompt'] = @{ Kind = 'text' }
    $values['generations create --prompt-file'] = @{ Kind = 'files' }
    $values['generations create --model'] = @{ Kind = 'words'; Words = 'uni-1', 'uni-1-max', 'ray-3.2' }
    $values['generations create --type'] = @{ Kind = 'words'; Words = 'image', 'image_edit', 'video', 'video_edit', 'video_reframe', 'layering' }
    $values['generations create --aspect-ratio'] = @{ Kind = 'words'; Words = '3:1', '2:1', '21:9', '16:9', '4:3', '3:2', '1:1', '3:4', '2:3', '9:16', '1:2', '1:3' }
    $values['generations create --style'] = @{ Kind = 'words'; Words = 'auto', 'manga' }
    $values['generations create --output-format'] = @{ Kind = 'words'; Words = 'png', 'jpeg' }
    $values['generations create --user-id'] = @{ Kind = 'text' }
    $values['generations create --param'] = @{ Kind = 'nothing' }
    $values['generations create --ref'] = @{ Kind = 'reference' }
    $values['generations create --image-ref'] = @{ Kind = 'text' }
    $values['generations create --image-ref.url'] = @{ Kind = 'nothing' }
    $values['generations create --image-ref.data'] = @{ Kind = 'text' }
    $values['generations create --image-ref.media-type'] = @{ Kind = 'nothing' }
    $values['generations create --image-ref.generation-id'] = @{ Kind = 'generation' }
    $values['generations create --image-ref.file-id'] = @{ Kind = 'nothing' }
    $values['generations create --source'] = @{ Kind = 'reference' }
    $values['generations create --source.url'] = @{ Kind = 'nothing' }
    $values['generations create --source.data'] = @{ Kind = 'text' }
    $values['generations create --source.media-type'] = @{ Kind = 'nothing' }
    $values['generations create --source.generation-id'] = @{ Kind = 'generation' }
    $values['generations create --source.file-id'] = @{ Kind = 'nothing' }
    $values['generations create --layering'] = @{ Kind = 'text' }
    $values['generations create --layering.resolution'] = @{ Kind = 'words'; Words = '1k', '2k' }
    $values['generations create --duration'] = @{ Kind = 'words'; Words = '5s', '10s' }
    $values['generations create --resolution'] = @{ Kind = 'words'; Words = '360p', '540p', '720p', '1080p' }
    $values['generations create --start-frame'] = @{ Kind = 'reference' }
    $values['generations create --end-frame'] = @{ Kind = 'reference' }
    $values['generations create --guide-frame'] = @{ Kind = 'reference' }
    $values['generations create --keyframe'] = @{ Kind = 'keyframe' }
    $values['generations create --strength'] = @{ Kind = 'words'; Words = 'adhere_1', 'adhere_2', 'adhere_3', 'flex_1', 'flex_2', 'flex_3', 'reimagine_1', 'reimagine_2', 'reimagine_3' }
    $values['generations create --video'] = @{ Kind = 'text' }
    $values['generations create --video.duration'] = @{ Kind = 'words'; Words = '5s', '10s' }
    $values['generations create --video.resolution'] = @{ Kind = 'words'; Words = '360p', '540p', '720p', '1080p' }
    $values['generations create --video.hdr'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['generations create --video.exr-export'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['generations create --video.loop'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['generations create --video.start-frame'] = @{ Kind = 'text' }
    $values['generations create --video.end-frame'] = @{ Kind = 'text' }
    $values['generations create --video.guide-frame'] = @{ Kind = 'text' }
    $values['generations create --video.edit'] = @{ Kind = 'text' }
    $values['generations create --video.source-position'] = @{ Kind = 'text' }
    $values['generations create --video.keyframes'] = @{ Kind = 'text' }
    $values['generations create --video.keyframe-indexes'] = @{ Kind = 'text' }
    $values['generations create --input'] = @{ Kind = 'files' }
    $values['generations create --timeout'] = @{ Kind = 'nothing' }
    $values['generations create --poll-interval'] = @{ Kind = 'nothing' }
    $values['generations create -o'] = @{ Kind = 'files' }
    $values['generations create --output'] = @{ Kind = 'files' }
    $values['generations create -d'] = @{ Kind = 'folders' }
    $values['generations create --output-dir'] = @{ Kind = 'folders' }
    $values['generations create --name'] = @{ Kind = 'nothing' }
    $values['generations create --tag'] = @{ Kind = 'nothing' }
    $values['generations create --once-key'] = @{ Kind = 'nothing' }
    $values['generations create --max-cost'] = @{ Kind = 'nothing' }
    $values['generations create --max-cost-per-day'] = @{ Kind = 'nothing' }
    $values['generations create --upload'] = @{ Kind = 'words'; Words = 'auto', 'always', 'never' }
    $values['generations create --upload-threshold'] = @{ Kind = 'nothing' }
    $values['generations get --generation-id'] = @{ Kind = 'generation' }
    $values['generations wait --timeout'] = @{ Kind = 'nothing' }
    $values['generations wait --poll-interval'] = @{ Kind = 'nothing' }
    $values['generations download --timeout'] = @{ Kind = 'nothing' }
    $values['generations download --poll-interval'] = @{ Kind = 'nothing' }
    $values['generations download -o'] = @{ Kind = 'files' }
    $values['generations download --output'] = @{ Kind = 'files' }
    $values['generations download -d'] = @{ Kind = 'folders' }
    $values['generations download --output-dir'] = @{ Kind = 'folders' }
    $values['generations download --name'] = @{ Kind = 'nothing' }
    $values['generations list --state'] = @{ Kind = 'words'; Words = 'queued', 'processing', 'completed', 'failed', 'sending', 'refused', 'unknown' }
    $values['generations list --type'] = @{ Kind = 'words'; Words = 'image', 'image_edit', 'video', 'video_edit', 'video_reframe', 'layering' }
    $values['generations list --model'] = @{ Kind = 'words'; Words = 'uni-1', 'uni-1-max', 'ray-3.2' }
    $values['generations list --tag'] = @{ Kind = 'nothing' }
    $values['generations list --since'] = @{ Kind = 'nothing' }
    $values['generations list --search'] = @{ Kind = 'nothing' }
    $values['generations list --limit'] = @{ Kind = 'nothing' }
    $values['generations list --spend'] = @{ Kind = 'words'; Words = 'day', 'model', 'tag' }
    $values['generations resume --timeout'] = @{ Kind = 'nothing' }
    $values['generations resume --poll-interval'] = @{ Kind = 'nothing' }
    $values['generations batch --from'] = @{ Kind = 'words'; Words = 'jsonl', 'json', 'yaml', 'csv', 'tsv', 'text' }
    $values['generations batch --vary'] = @{ Kind = 'nothing' }
    $values['generations batch --count'] = @{ Kind = 'nothing' }
    $values['generations batch --override'] = @{ Kind = 'nothing' }
    $values['generations batch --run'] = @{ Kind = 'nothing' }
    $values['generations batch --resubmit'] = @{ Kind = 'nothing' }
    $values['generations batch --on-change'] = @{ Kind = 'words'; Words = 'rerun', 'keep' }
    $values['generations batch --shard'] = @{ Kind = 'nothing' }
    $values['generations batch --jobs'] = @{ Kind = 'nothing' }
    $values['generations batch --rpm'] = @{ Kind = 'nothing' }
    $values['generations batch --timeout'] = @{ Kind = 'nothing' }
    $values['generations batch --job-timeout'] = @{ Kind = 'nothing' }
    $values['generations batch --max-failures'] = @{ Kind = 'nothing' }
    $values['generations batch --poll-interval'] = @{ Kind = 'nothing' }
    $values['generations batch -d'] = @{ Kind = 'folders' }
    $values['generations batch --output-dir'] = @{ Kind = 'folders' }
    $values['generations batch --name'] = @{ Kind = 'nothing' }
    $values['generations batch --report'] = @{ Kind = 'files' }
    $values['generations batch --max-cost'] = @{ Kind = 'nothing' }
    $values['generations batch --max-cost-per-day'] = @{ Kind = 'nothing' }
    $values['generations batch --confirm-above'] = @{ Kind = 'nothing' }
    $values['generations batch --tag'] = @{ Kind = 'nothing' }
    $values['generations batch --prompt'] = @{ Kind = 'text' }
    $values['generations batch --prompt-file'] = @{ Kind = 'files' }
    $values['generations batch --model'] = @{ Kind = 'words'; Words = 'uni-1', 'uni-1-max', 'ray-3.2' }
    $values['generations batch --type'] = @{ Kind = 'words'; Words = 'image', 'image_edit', 'video', 'video_edit', 'video_reframe', 'layering' }
    $values['generations batch --aspect-ratio'] = @{ Kind = 'words'; Words = '3:1', '2:1', '21:9', '16:9', '4:3', '3:2', '1:1', '3:4', '2:3', '9:16', '1:2', '1:3' }
    $values['generations batch --style'] = @{ Kind = 'words'; Words = 'auto', 'manga' }
    $values['generations batch --output-format'] = @{ Kind = 'words'; Words = 'png', 'jpeg' }
    $values['generations batch --user-id'] = @{ Kind = 'text' }
    $values['generations batch --param'] = @{ Kind = 'nothing' }
    $values['generations batch --ref'] = @{ Kind = 'reference' }
    $values['generations batch --image-ref'] = @{ Kind = 'text' }
    $values['generations batch --image-ref.url'] = @{ Kind = 'nothing' }
    $values['generations batch --image-ref.data'] = @{ Kind = 'text' }
    $values['generations batch --image-ref.media-type'] = @{ Kind = 'nothing' }
    $values['generations batch --image-ref.generation-id'] = @{ Kind = 'generation' }
    $values['generations batch --image-ref.file-id'] = @{ Kind = 'nothing' }
    $values['generations batch --source'] = @{ Kind = 'reference' }
    $values['generations batch --source.url'] = @{ Kind = 'nothing' }
    $values['generations batch --source.data'] = @{ Kind = 'text' }
    $values['generations batch --source.media-type'] = @{ Kind = 'nothing' }
    $values['generations batch --source.generation-id'] = @{ Kind = 'generation' }
    $values['generations batch --source.file-id'] = @{ Kind = 'nothing' }
    $values['generations batch --layering'] = @{ Kind = 'text' }
    $values['generations batch --layering.resolution'] = @{ Kind = 'words'; Words = '1k', '2k' }
    $values['generations batch --duration'] = @{ Kind = 'words'; Words = '5s', '10s' }
    $values['generations batch --resolution'] = @{ Kind = 'words'; Words = '360p', '540p', '720p', '1080p' }
    $values['generations batch --start-frame'] = @{ Kind = 'reference' }
    $values['generations batch --end-frame'] = @{ Kind = 'reference' }
    $values['generations batch --guide-frame'] = @{ Kind = 'reference' }
    $values['generations batch --keyframe'] = @{ Kind = 'keyframe' }
    $values['generations batch --strength'] = @{ Kind = 'words'; Words = 'adhere_1', 'adhere_2', 'adhere_3', 'flex_1', 'flex_2', 'flex_3', 'reimagine_1', 'reimagine_2', 'reimagine_3' }
    $values['generations batch --video'] = @{ Kind = 'text' }
    $values['generations batch --video.duration'] = @{ Kind = 'words'; Words = '5s', '10s' }
    $values['generations batch --video.resolution'] = @{ Kind = 'words'; Words = '360p', '540p', '720p', '1080p' }
    $values['generations batch --video.hdr'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['generations batch --video.exr-export'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['generations batch --video.loop'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['generations batch --video.start-frame'] = @{ Kind = 'text' }
    $values['generations batch --video.end-frame'] = @{ Kind = 'text' }
    $values['generations batch --video.guide-frame'] = @{ Kind = 'text' }
    $values['generations batch --video.edit'] = @{ Kind = 'text' }
    $values['generations batch --video.source-position'] = @{ Kind = 'text' }
    $values['generations batch --video.keyframes'] = @{ Kind = 'text' }
    $values['generations batch --video.keyframe-indexes'] = @{ Kind = 'text' }
    $values['generations batch --upload'] = @{ Kind = 'words'; Words = 'auto', 'always', 'never' }
    $values['generations batch --upload-threshold'] = @{ Kind = 'nothing' }
    $values['files create --mime-type'] = @{ Kind = 'nothing' }
    $values['files create --size-bytes'] = @{ Kind = 'nothing' }
    $values['files create --filename'] = @{ Kind = 'nothing' }
    $values['files create --purpose'] = @{ Kind = 'words'; Words = 'input', 'reference' }
    $values['files create --expires-at'] = @{ Kind = 'nothing' }
    $values['files create --user-id'] = @{ Kind = 'text' }
    $values['files upload --purpose'] = @{ Kind = 'words'; Words = 'input', 'reference' }
    $values['files upload --expires-in'] = @{ Kind = 'nothing' }
    $values['files upload --mime-type'] = @{ Kind = 'nothing' }
    $values['files complete --file-id'] = @{ Kind = 'nothing' }
    $values['files get --file-id'] = @{ Kind = 'nothing' }
    $values['files list --cursor'] = @{ Kind = 'nothing' }
    $values['files list --limit'] = @{ Kind = 'nothing' }
    $values['files list --purpose'] = @{ Kind = 'words'; Words = 'input', 'reference' }
    $values['files list --state'] = @{ Kind = 'words'; Words = 'pending', 'ready', 'failed', 'deleted' }
    $values['files delete --file-id'] = @{ Kind = 'nothing' }
    $values['sandbox serve --host'] = @{ Kind = 'nothing' }
    $values['sandbox serve --port'] = @{ Kind = 'nothing' }
    $values['sandbox serve --latency'] = @{ Kind = 'nothing' }
    $values['sandbox serve --seed'] = @{ Kind = 'nothing' }
    $values['sandbox serve --rpm'] = @{ Kind = 'nothing' }
    $values['sandbox serve --jobs'] = @{ Kind = 'nothing' }
    $values['sandbox serve --url-life'] = @{ Kind = 'nothing' }
    $values['sandbox serve --fault'] = @{ Kind = 'nothing' }
    $values['sandbox serve --log'] = @{ Kind = 'files' }
    $values['sandbox serve --state'] = @{ Kind = 'folders' }
    $values['sandbox exec --latency'] = @{ Kind = 'nothing' }
    $values['sandbox exec --seed'] = @{ Kind = 'nothing' }
    $values['sandbox exec --rpm'] = @{ Kind = 'nothing' }
    $values['sandbox exec --jobs'] = @{ Kind = 'nothing' }
    $values['sandbox exec --url-life'] = @{ Kind = 'nothing' }
    $values['sandbox exec --fault'] = @{ Kind = 'nothing' }
    $values['sandbox exec --log'] = @{ Kind = 'files' }
    $values['sandbox exec --state'] = @{ Kind = 'folders' }
    $values['cost --prompt'] = @{ Kind = 'text' }
    $values['cost --prompt-file'] = @{ Kind = 'files' }
    $values['cost --model'] = @{ Kind = 'words'; Words = 'uni-1', 'uni-1-max', 'ray-3.2' }
    $values['cost --type'] = @{ Kind = 'words'; Words = 'image', 'image_edit', 'video', 'video_edit', 'video_reframe', 'layering' }
    $values['cost --aspect-ratio'] = @{ Kind = 'words'; Words = '3:1', '2:1', '21:9', '16:9', '4:3', '3:2', '1:1', '3:4', '2:3', '9:16', '1:2', '1:3' }
    $values['cost --style'] = @{ Kind = 'words'; Words = 'auto', 'manga' }
    $values['cost --output-format'] = @{ Kind = 'words'; Words = 'png', 'jpeg' }
    $values['cost --user-id'] = @{ Kind = 'text' }
    $values['cost --param'] = @{ Kind = 'nothing' }
    $values['cost --ref'] = @{ Kind = 'reference' }
    $values['cost --image-ref'] = @{ Kind = 'text' }
    $values['cost --image-ref.url'] = @{ Kind = 'nothing' }
    $values['cost --image-ref.data'] = @{ Kind = 'text' }
    $values['cost --image-ref.media-type'] = @{ Kind = 'nothing' }
    $values['cost --image-ref.generation-id'] = @{ Kind = 'generation' }
    $values['cost --image-ref.file-id'] = @{ Kind = 'nothing' }
    $values['cost --source'] = @{ Kind = 'reference' }
    $values['cost --source.url'] = @{ Kind = 'nothing' }
    $values['cost --source.data'] = @{ Kind = 'text' }
    $values['cost --source.media-type'] = @{ Kind = 'nothing' }
    $values['cost --source.generation-id'] = @{ Kind = 'generation' }
    $values['cost --source.file-id'] = @{ Kind = 'nothing' }
    $values['cost --layering'] = @{ Kind = 'text' }
    $values['cost --layering.resolution'] = @{ Kind = 'words'; Words = '1k', '2k' }
    $values['cost --duration'] = @{ Kind = 'words'; Words = '5s', '10s' }
    $values['cost --resolution'] = @{ Kind = 'words'; Words = '360p', '540p', '720p', '1080p' }
    $values['cost --start-frame'] = @{ Kind = 'reference' }
    $values['cost --end-frame'] = @{ Kind = 'reference' }
    $values['cost --guide-frame'] = @{ Kind = 'reference' }
    $values['cost --keyframe'] = @{ Kind = 'keyframe' }
    $values['cost --strength'] = @{ Kind = 'words'; Words = 'adhere_1', 'adhere_2', 'adhere_3', 'flex_1', 'flex_2', 'flex_3', 'reimagine_1', 'reimagine_2', 'reimagine_3' }
    $values['cost --video'] = @{ Kind = 'text' }
    $values['cost --video.duration'] = @{ Kind = 'words'; Words = '5s', '10s' }
    $values['cost --video.resolution'] = @{ Kind = 'words'; Words = '360p', '540p', '720p', '1080p' }
    $values['cost --video.hdr'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['cost --video.exr-export'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['cost --video.loop'] = @{ Kind = 'words'; Words = 'true', 'false', 'null' }
    $values['cost --video.start-frame'] = @{ Kind = 'text' }
    $values['cost --video.end-frame'] = @{ Kind = 'text' }
    $values['cost --video.guide-frame'] = @{ Kind = 'text' }
    $values['cost --video.edit'] = @{ Kind = 'text' }
    $values['cost --video.source-position'] = @{ Kind = 'text' }
    $values['cost --video.keyframes'] = @{ Kind = 'text' }
    $values['cost --video.keyframe-indexes'] = @{ Kind = 'text' }
    $values['cost --input'] = @{ Kind = 'files' }
    $arguments = @{}
    $arguments['generations get 0'] = @{ Kind = 'generation' }
    $arguments['generations wait *'] = @{ Kind = 'generation' }
    $arguments['generations download *'] = @{ Kind = 'generation' }
    $arguments['generations show *'] = @{ Kind = 'generation' }
    $arguments['generations resume *'] = @{ Kind = 'generation' }
    $arguments['generations batch *'] = @{ Kind = 'files' }
    $arguments['files upload *'] = @{ Kind = 'files' }
    $arguments['config get 0'] = @{ Kind = 'words'; Words = 'token', 'base_url', 'format', 'format_error', 'transform', 'transform_error', 'raw_output', 'profile', 'quiet', 'verbose', 'debug', 'no_color', 'request_timeout', 'max_retries', 'max_cost', 'max_cost_per_day', 'upload', 'upload_threshold', 'literal', 'confirm_above', 'history' }
    $arguments['config set 0'] = @{ Kind = 'words'; Words = 'token', 'base_url', 'format', 'format_error', 'transform', 'transform_error', 'raw_output', 'profile', 'quiet', 'verbose', 'debug', 'no_color', 'request_timeout', 'max_retries', 'max_cost', 'max_cost_per_day', 'upload', 'upload_threshold', 'literal', 'confirm_above', 'history' }
    $arguments['config set format 0'] = @{ Kind = 'words'; Words = 'auto', 'explore', 'json', 'jsonl', 'pretty', 'raw', 'yaml' }
    $arguments['config set format_error 0'] = @{ Kind = 'words'; Words = 'auto', 'explore', 'json', 'jsonl', 'pretty', 'raw', 'yaml' }
    $arguments['config set raw_output 0'] = @{ Kind = 'words'; Words = 'true', 'false' }
    $arguments['config set quiet 0'] = @{ Kind = 'words'; Words = 'true', 'false' }
    $arguments['config set verbose 0'] = @{ Kind = 'words'; Words = 'true', 'false' }
    $arguments['config set debug 0'] = @{ Kind = 'words'; Words = 'true', 'false' }
    $arguments['config set no_color 0'] = @{ Kind = 'words'; Words = 'true', 'false' }
    $arguments['config set upload 0'] = @{ Kind = 'words'; Words = 'auto', 'always', 'never' }
    $arguments['config set literal 0'] = @{ Kind = 'words'; Words = 'true', 'false' }
    $arguments['config set history 0'] = @{ Kind = 'words'; Words = 'true', 'false' }
    $arguments['config unset 0'] = @{ Kind = 'words'; Words = 'token', 'base_url', 'format', 'format_error', 'transform', 'transform_error', 'raw_output', 'profile', 'quiet', 'verbose', 'debug', 'no_color', 'request_timeout', 'max_retries', 'max_cost', 'max_cost_per_day', 'upload', 'upload_threshold', 'literal', 'confirm_above', 'history' }
    $arguments['sandbox exec *'] = @{ Kind = 'program' }
    $arguments['completion 0'] = @{ Kind = 'words'; Words = 'bash', 'zsh', 'fish', 'pwsh' }

    function Get-LumaFolder($chosen, $windows, $unix) {
        if ($chosen) { return $chosen }
        if ($env:OS -eq 'Windows_NT') { return Join-Path $windows 'luma-agents-cli' }
        $library = "$HOME/Library/Application Support"
        if (Test-Path $library) { return "$library/luma-agents-cli" }
        return "$unix/luma-agents-cli"
    }

    function Get-LumaRecent($sign) {
        [pscustomobject]@{ Word = "$sign@last"; Help = 'the newest one' }
        $state = if ($env:XDG_STATE_HOME) { $env:XDG_STATE_HOME } else { "$HOME/.local/state" }
        $file = Join-Path (Get-LumaFolder $env:LUMA_STATE_DIR $env:LOCALAPPDATA $state) 'recent.txt'
        if (Test-Path $file) {
            foreach ($line in Get-Content -Encoding UTF8 $file) {
                $id, $text = $line -split "`t", 2
                [pscustomobject]@{ Word = "$sign$id"; Help = $text }
            }
        }
    }

    function Get-LumaProfile {
        [pscustomobject]@{ Word = 'default'; Help = 'default' }
        $config = if ($env:XDG_CONFIG_HOME) { $env:XDG_CONFIG_HOME } else { "$HOME/.config" }
        $file = Join-Path (Get-LumaFolder '' $env:APPDATA $config) 'config.toml'
        if ($env:LUMA_CONFIG_FILE) { $file = $env:LUMA_CONFIG_FILE }
        if (Test-Path $file) {
            foreach ($line in Get-Content -Encoding UTF8 $file) {
                if ($line -match '^\[profiles\."?([A-Za-z0-9_-]+)"?\]') {
                    [pscustomobject]@{ Word = $Matches[1]; Help = $Matches[1] }
                }
            }
        }
    }

    function Get-LumaFile($sign, $start, [switch]$FoldersOnly) {
        foreach ($item in Get-ChildItem -Path "$start*" -Directory:$FoldersOnly -ErrorAction Ignore) {
            $folder = Split-Path $start
            $name = if ($folder) { Join-Path $folder $item.Name } else { $item.Name }
            if ($name -match '[\s;&|()'']') { $name = "'" + ($name -replace "'", "''") + "'" }
            [pscustomobject]@{ Word = "$sign$name"; Help = $item.FullName }
        }
    }

    function Get-LumaWord($words) {
        foreach ($word in $words) { [pscustomobject]@{ Word = $word; Help = $word } }
    }

    function Get-LumaValue($value, $typed) {
        switch -CaseSensitive ($value.Kind) {
            'words' { Get-LumaWord $value.Words }
            'files' { Get-LumaFile '' $typed }
            'folders' { Get-LumaFile '' $typed -FoldersOnly }
            'program' { Get-LumaFile '' $typed }
            'profile' { Get-LumaProfile }
            'generation' { Get-LumaRecent '' }
            'text' {
                if ($typed -match '^(@(?:file://|data://)?)(.*)$') {
                    Get-LumaWord '@file://', '@data://'
                    Get-LumaFile $Matches[1] $Matches[2]
                }
            }
            'reference' {
                Get-LumaWord 'gen:', 'file:', 'https://'
                if ($typed -like 'gen:*') { Get-LumaRecent 'gen:' } else { Get-LumaFile '' $typed }
            }
            'keyframe' {
                if ($typed -match '^(\d+=)(.*)$') {
                    $sign = $Matches[1]
                    foreach ($each in Get-LumaValue @{ Kind = 'reference' } $Matches[2]) {
                        [pscustomobject]@{ Word = "$sign$($each.Word)"; Help = $each.Help }
                    }
                }
            }
        }
    }

    $path, $places, $flag, $ended, $offered = '', 0, '', $false, @()
    $words = @($commandAst.CommandElements | Where-Object {
            $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.Text -ne $wordToComplete
        } | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
    foreach ($word in $words) {
        if ($ended) { $places++ }
        elseif ($flag) { $flag = '' }
        elseif ($word -ceq '--') { $ended = $true }
        elseif ($word -match '^-[A-Za-z-]') {
            if ($values.ContainsKey("$path $word") -or $values.ContainsKey(" $word")) { $flag = $word }
        }
        elseif ($children.ContainsKey("$path $word".Trim())) { $path = "$path $word".Trim() }
        else {
            if ($path -ceq 'sandbox exec') { $ended = $true }
            $places++
        }
    }
    $prefix, $typed = '', $wordToComplete
    if (-not $flag -and -not $ended -and $typed -match '^(--[^=]+)=(.*)$') {
        $flag, $prefix, $typed = $Matches[1], "$($Matches[1])=", $Matches[2]
    }
    if ($flag) {
        $value = $values["$path $flag"]
        if (-not $value) { $value = $values[" $flag"] }
        if ($value) { $offered = @(Get-LumaValue $value $typed) }
    }
    elseif (-not $ended -and $typed -like '-*') {
        $offered = @($flags[$path]) + @($flags['']) | Where-Object { $_ }
    }
    elseif ($below.ContainsKey($path)) { $offered = @($below[$path]) }
    elseif ($arguments.ContainsKey("$path *")) { $offered = @(Get-LumaValue $arguments["$path *"] $typed) }
    elseif ($arguments.ContainsKey("$path $places")) {
        $offered = @(Get-LumaValue $arguments["$path $places"] $typed)
    }
    foreach ($each in $offered) {
        if ($each.Word.StartsWith($typed, [StringComparison]::Ordinal)) {
            $help = if ($each.Help) { $each.Help } else { $each.Word }
            [System.Management.Automation.CompletionResult]::new(
                "$prefix$($each.Word)", $each.Word, 'ParameterValue', $help)
        }
    }
}
