# Made by `python -m luma_cli.docgen --write`; do not edit.
# Completion of luma-agents-cli for fish 3.2 and newer. A Tab starts no other program.

# Set `__luma_path` and `__luma_places`: the command at the cursor, and its arguments so far.
function __luma_look
    set -g __luma_path ''
    set -g __luma_places 0
    set -l words (commandline -opc)[2..-1]
    set -l ended 0
    set -l expects_value 0
    for word in $words
        if test $ended = 1
            set __luma_places (math $__luma_places + 1)
        else if test $expects_value = 1
            set expects_value 0
        else if test "$word" = --
            set ended 1
        else if string match -qr -- '^-[A-Za-z-]' $word
            contains -- $word $__luma_flags_with_value
            and set expects_value 1
        else if contains -- (string trim -- "$__luma_path $word") $__luma_commands
            set __luma_path (string trim -- "$__luma_path $word")
        else
            set __luma_places (math $__luma_places + 1)
            test "$__luma_path" = 'sandbox exec'
            and set ended 1
        end
    end
end

function __luma_at --argument-names path
    __luma_look
    test "$__luma_path" = "$path"
end

function __luma_at_place --argument-names path place
    __luma_at $path
    and test $__luma_places = $place
end

# The word under the cursor, without the flag that stands before it, and without quotes.
function __luma_token
    set -l token (string replace -r -- '^--[^=]*=' '' (commandline -ct))
    string unescape -- $token 2>/dev/null
    or string unescape -- $token'"' 2>/dev/null
    or string unescape -- $token"'" 2>/dev/null
    or echo -- $token
end

# Of the lines that come, those that begin with the word: fish would look into descriptions, too.
function __luma_beginning
    set -l token (__luma_token)
    set -l length (string length -- "$token")
    while read -l line
        test (string sub -l $length -- $line) = "$token"
        and echo $line
    end
end

function __luma_files --argument-names sign
    set -l token (__luma_token)
    set -l start (string sub -s (math 1 + (string length -- "$sign")) -- $token)
    test -n "$start"
    and set start (string escape -- $start)
    for file in (complete -C "'' $start")
        echo "$sign"(string split -f 1 \t -- $file)
    end
end

function __luma_text
    set -l token (__luma_token)
    if string match -q -- '@file://*' $token
        __luma_files @file://
    else if string match -q -- '@data://*' $token
        __luma_files @data://
    else if string match -q -- '@*' $token
        printf '%s\n' @file:// @data://
        __luma_files @
    end
end

function __luma_reference
    begin
        printf '%s\t%s\n' gen:@last 'the newest generation' file: 'an uploaded file' https:// 'a URL'
        __luma_generation gen:
    end | __luma_beginning
end

function __luma_keyframe
    set -l token (__luma_token)
    set -l frame (string match -r -- '^\d+=' $token)
    or return
    begin
        printf '%s\n' $frame{gen:@last,file:,https://}
        __luma_generation "$frame"gen:
    end | __luma_beginning
    __luma_files $frame
end

function __luma_program
    __luma_look
    test $__luma_places = 0
    and __fish_complete_command
end

function __luma_generation --argument-names sign
    test -n "$sign"
    or printf '%s\t%s\n' @last 'the newest one'
    set -l folder (__luma_folder "$XDG_STATE_HOME" $HOME/.local/state)
    test -n "$LUMA_STATE_DIR"
    and set folder $LUMA_STATE_DIR
    test -f $folder/recent.txt -a -r $folder/recent.txt
    or return
    while read -l line
        echo "$sign$line"
    end <$folder/recent.txt
end

function __luma_profile
    echo default
    set -l file (__luma_folder "$XDG_CONFIG_HOME" $HOME/.config)/config.toml
    test -n "$LUMA_CONFIG_FILE"
    and set file $LUMA_CONFIG_FILE
    test -f $file -a -r $file
    or return
    while read -l line
        string match -r -- '^\[profiles\."?([A-Za-z0-9_-]+)"?\]' $line | string match -v '[*'
    end <$file
end

function __luma_folder --argument-names chosen usual
    if test -d "$HOME/Library/Application Support"
        echo "$HOME/Library/Application Support/luma-agents-cli"
    else if test -n "$chosen"
        echo $chosen/luma-agents-cli
    else
        echo $usual/luma-agents-cli
    end
end

set -g __luma_commands 'generations' 'generations create' 'generations get' 'generations wait' 'generations download' 'generations list' 'generations show' 'generations resume' 'generations batch' 'files' 'files create' 'files upload' 'files complete' 'files get' 'files list' 'files delete' 'auth' 'auth login' 'auth logout' 'auth status' 'config' 'config get' 'config set' 'config set format' 'config set format_error' 'config set raw_output' 'config set quiet' 'config set verbose' 'config set debug' 'config set no_color' 'config set upload' 'config set literal' 'config set history' 'config unset' 'config list' 'config path' 'sandbox' 'sandbox serve' 'sandbox exec' 'cost' 'completion'
set -g __luma_flags_with_value --auth-token --base-url --format --format-error --transform --transform-error --profile --request-timeout --max-retries --prompt --prompt-file --model --type --aspect-ratio --style --output-format --user-id --param --ref --image-ref --image-ref.url --image-ref.data --image-ref.media-type --image-ref.generation-id --image-ref.file-id --source --source.url --source.data --source.media-type --source.generation-id --source.file-id --layering --layering.resolution --duration --resolution --start-frame --end-frame --guide-frame --keyframe --strength --video --video.duration --video.resolution --video.hdr --video.exr-export --video.loop --video.start-frame --video.end-frame --video.guide-frame --video.edit --video.source-position --video.keyframes --video.keyframe-indexes --input --timeout --poll-interval -o --output -d --output-dir --name --tag --once-key --max-cost --max-cost-per-day --upload --upload-threshold --generation-id --state --since --search --limit --spend --from --vary --count --override --run --resubmit --on-change --shard --jobs --rpm --job-timeout --max-failures --report --confirm-above --mime-type --size-bytes --filename --purpose --expires-at --expires-in --file-id --cursor --host --port --latency --seed --url-life --fault --log

function __luma_declare --argument-names program
    complete -c $program -n '__luma_at \'\'' -a generations -d 'Create images and videos, wait for them, download them'
    complete -c $program -n '__luma_at \'\'' -a files -d 'Upload, list and delete files'
    complete -c $program -n '__luma_at \'\'' -a auth -d 'Store and check the API key'
    complete -c $program -n '__luma_at \'\'' -a config -d 'Read and change the config file'
    complete -c $program -n '__luma_at \'\'' -a sandbox -d 'Simulate the API on this machine, free of charge'
    complete -c $program -n '__luma_at \'\'' -a cost -d 'Print what `generations create` with the same flags would cost'
    complete -c $program -n '__luma_at \'\'' -a completion -d 'Print the script that completes commands, flags and values in a shell'
    complete -c $program -l auth-token -x -d 'API key; prefer `auth login`, which stores it'
    complete -c $program -l base-url -x -d 'Base URL of the API'
    complete -c $program -l format -x -k -a 'auto explore json jsonl pretty raw yaml' -d 'Format of the data on stdout'
    complete -c $program -l format-error -x -k -a 'auto explore json jsonl pretty raw yaml' -d 'Format of errors on stderr; `auto` is plain text'
    complete -c $program -l transform -x -d 'Part of the data to print, as a GJSON path: `output.0.url`'
    complete -c $program -l transform-error -x -d 'Part of an error to print, as a GJSON path'
    complete -c $program -s r -l raw-output -d 'Print strings without quotes'
    complete -c $program -l profile -x -a '(__luma_profile)' -d 'Profile of the config file'
    complete -c $program -s q -l quiet -d 'Print no progress and no notes'
    complete -c $program -l verbose -d 'Print requests and states on stderr'
    complete -c $program -l debug -d 'Print every HTTP exchange on stderr, without secrets'
    complete -c $program -l no-color -d 'Do not use colours'
    complete -c $program -l request-timeout -x -d 'Time to wait for an answer, e.g. `90s`'
    complete -c $program -l max-retries -x -d 'Number of retries of a failed read or a refused submission'
    complete -c $program -s v -l version -d 'Print the version'
    complete -c $program -n '__luma_at \'generations\'' -a create -d 'Submit a job'
    complete -c $program -n '__luma_at \'generations\'' -a get -d 'Print the current state of a job'
    complete -c $program -n '__luma_at \'generations\'' -a wait -d 'Wait until jobs end and print each when it ends'
    complete -c $program -n '__luma_at \'generations\'' -a download -d 'Save the outputs of completed jobs and print one path per line'
    complete -c $program -n '__luma_at \'generations\'' -a list -d 'Print the jobs that this machine submitted with this host and profile, newest first'
    complete -c $program -n '__luma_at \'generations\'' -a show -d 'Print everything the history has about a job: request, attempts, cost, files'
    complete -c $program -n '__luma_at \'generations\'' -a resume -d 'Resume unfinished jobs: wait for them and save their outputs'
    complete -c $program -n '__luma_at \'generations\'' -a batch -d 'Submit a job for each row of a table, wait for all, and save their outputs'
    complete -c $program -n '__luma_at \'generations create\'' -l prompt -x -a '(__luma_text)' -d 'What to make; only a layering works without a prompt'
    complete -c $program -n '__luma_at \'generations create\'' -l prompt-file -r -F -d 'Read the prompt from a file, `-` for stdin'
    complete -c $program -n '__luma_at \'generations create\'' -l model -x -k -a 'uni-1 uni-1-max ray-3.2' -d 'Model'
    complete -c $program -n '__luma_at \'generations create\'' -l type -x -k -a 'image image_edit video video_edit video_reframe layering' -d 'Type of job'
    complete -c $program -n '__luma_at \'generations create\'' -l aspect-ratio -x -k -a '3:1 2:1 21:9 16:9 4:3 3:2 1:1 3:4 2:3 9:16 1:2 1:3' -d 'Width to height; required for a reframe, otherwise chosen by the model'
    complete -c $program -n '__luma_at \'generations create\'' -l style -x -k -a 'auto manga' -d 'Style of an image'
    complete -c $program -n '__luma_at \'generations create\'' -l output-format -x -k -a 'png jpeg' -d 'File format of an image; chosen by the model if omitted'
    complete -c $program -n '__luma_at \'generations create\'' -l web-search -d 'Let the model search the web for images'
    complete -c $program -n '__luma_at \'generations create\'' -l user-id -x -a '(__luma_text)' -d 'Opaque id of your end user, for abuse reports'
    complete -c $program -n '__luma_at \'generations create\'' -l param -x -d 'Any other field of the request; KEY may have dots, VALUE is YAML'
    complete -c $program -n '__luma_at \'generations create\'' -l ref -r -F -a '(__luma_reference)' -d 'Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping'
    complete -c $program -n '__luma_at \'generations create\'' -l image-ref -x -a '(__luma_text)' -d 'Reference image as a mapping: `{url: https://…}`'
    complete -c $program -n '__luma_at \'generations create\'' -l image-ref.url -x -d 'URL of the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'generations create\'' -l image-ref.data -x -a '(__luma_text)' -d 'Bytes of the most recent `--image-ref` in base64'
    complete -c $program -n '__luma_at \'generations create\'' -l image-ref.media-type -x -d 'MIME type of the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'generations create\'' -l image-ref.generation-id -x -k -a '(__luma_generation | __luma_beginning)' -d 'Id of the generation that made the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'generations create\'' -l image-ref.file-id -x -d 'Id of the most recent `--image-ref` as an uploaded file'
    complete -c $program -n '__luma_at \'generations create\'' -l source -r -F -a '(__luma_reference)' -d 'Image or video to edit, reframe or separate into layers'
    complete -c $program -n '__luma_at \'generations create\'' -l source.url -x -d 'URL of the source'
    complete -c $program -n '__luma_at \'generations create\'' -l source.data -x -a '(__luma_text)' -d 'Bytes of the source in base64'
    complete -c $program -n '__luma_at \'generations create\'' -l source.media-type -x -d 'MIME type of the source'
    complete -c $program -n '__luma_at \'generations create\'' -l source.generation-id -x -k -a '(__luma_generation | __luma_beginning)' -d 'Id of the generation that made the source'
    complete -c $program -n '__luma_at \'generations create\'' -l source.file-id -x -d 'Id of the source as an uploaded file'
    complete -c $program -n '__luma_at \'generations create\'' -l layering -x -a '(__luma_text)' -d 'Options of a layering as a mapping: `{resolution: 2k}`'
    complete -c $program -n '__luma_at \'generations create\'' -l layering.resolution -x -k -a '1k 2k' -d 'Long side of the layers'
    complete -c $program -n '__luma_at \'generations create\'' -l duration -x -k -a '5s 10s' -d 'Length of the video'
    complete -c $program -n '__luma_at \'generations create\'' -l resolution -x -k -a '360p 540p 720p 1080p' -d 'Short side of the video'
    complete -c $program -n '__luma_at \'generations create\'' -l hdr -d 'Make a high dynamic range video; requires 720p or 1080p'
    complete -c $program -n '__luma_at \'generations create\'' -l exr -d 'Make an EXR as well as the MP4; requires `--hdr`'
    complete -c $program -n '__luma_at \'generations create\'' -l loop -d 'Make the video loop seamlessly'
    complete -c $program -n '__luma_at \'generations create\'' -l start-frame -r -F -a '(__luma_reference)' -d 'First frame, or the video to extend'
    complete -c $program -n '__luma_at \'generations create\'' -l end-frame -r -F -a '(__luma_reference)' -d 'Last frame'
    complete -c $program -n '__luma_at \'generations create\'' -l guide-frame -r -F -a '(__luma_reference)' -d 'Frame that guides an edit'
    complete -c $program -n '__luma_at \'generations create\'' -l keyframe -x -a '(__luma_keyframe)' -d 'Image at frame INDEX; 24 frames a second'
    complete -c $program -n '__luma_at \'generations create\'' -l strength -x -k -a 'adhere_1 adhere_2 adhere_3 flex_1 flex_2 flex_3 reimagine_1 reimagine_2 reimagine_3' -d 'How much an edit may change'
    complete -c $program -n '__luma_at \'generations create\'' -l auto-controls -d 'Let the model choose how to control the edit'
    complete -c $program -n '__luma_at \'generations create\'' -l video -x -a '(__luma_text)' -d 'The whole `video` object as a mapping: `{duration: 5s}`'
    complete -c $program -n '__luma_at \'generations create\'' -l video.duration -x -k -a '5s 10s' -d 'Same as --duration'
    complete -c $program -n '__luma_at \'generations create\'' -l video.resolution -x -k -a '360p 540p 720p 1080p' -d 'Same as --resolution'
    complete -c $program -n '__luma_at \'generations create\'' -l video.hdr -x -k -a 'true false null' -d 'Same as --hdr'
    complete -c $program -n '__luma_at \'generations create\'' -l video.exr-export -x -k -a 'true false null' -d 'Same as --exr'
    complete -c $program -n '__luma_at \'generations create\'' -l video.loop -x -k -a 'true false null' -d 'Same as --loop'
    complete -c $program -n '__luma_at \'generations create\'' -l video.start-frame -x -a '(__luma_text)' -d 'First frame, as a mapping'
    complete -c $program -n '__luma_at \'generations create\'' -l video.end-frame -x -a '(__luma_text)' -d 'Last frame, as a mapping'
    complete -c $program -n '__luma_at \'generations create\'' -l video.guide-frame -x -a '(__luma_text)' -d 'Frame that guides an edit, as a mapping'
    complete -c $program -n '__luma_at \'generations create\'' -l video.edit -x -a '(__luma_text)' -d 'Options of a video edit, as a mapping'
    complete -c $program -n '__luma_at \'generations create\'' -l video.source-position -x -a '(__luma_text)' -d 'Position of the source in a reframe, as a mapping: x_norm, y_norm, w_norm, h_norm'
    complete -c $program -n '__luma_at \'generations create\'' -l video.keyframes -x -a '(__luma_text)' -d 'Keyframes, as a list of mappings'
    complete -c $program -n '__luma_at \'generations create\'' -l video.keyframe-indexes -x -a '(__luma_text)' -d 'Frame of each keyframe, as a list; 24 frames a second'
    complete -c $program -n '__luma_at \'generations create\'' -l input -r -F -d 'A whole request in YAML or JSON, `-` for stdin; flags override it'
    complete -c $program -n '__luma_at \'generations create\'' -l wait -d 'Wait until the job ends'
    complete -c $program -n '__luma_at \'generations create\'' -l no-wait -d 'Do not wait until the job ends'
    complete -c $program -n '__luma_at \'generations create\'' -l timeout -x -d 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit'
    complete -c $program -n '__luma_at \'generations create\'' -l poll-interval -x -d 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]'
    complete -c $program -n '__luma_at \'generations create\'' -s o -l output -r -F -d 'Save the output as this file; `-` is stdout'
    complete -c $program -n '__luma_at \'generations create\'' -s d -l output-dir -x -a '(__fish_complete_directories)' -d 'Save the outputs in this folder as `ID.EXT`'
    complete -c $program -n '__luma_at \'generations create\'' -l name -x -d 'Names of the outputs, e.g. `{date}-{prompt}.{ext}`; also {id}, {short_id}, {index}, {type}, {model}, {time}, {label}, {tag}'
    complete -c $program -n '__luma_at \'generations create\'' -l overwrite -d 'Replace existing files'
    complete -c $program -n '__luma_at \'generations create\'' -l skip-existing -d 'Skip outputs that already exist; submit nothing if the file of `-o`, or of a `--name` without tokens, exists'
    complete -c $program -n '__luma_at \'generations create\'' -l dry-run -d 'Print the request, its cost and what the API would reject (exit 3); send nothing'
    complete -c $program -n '__luma_at \'generations create\'' -l tag -x -d 'Label of the job in the history; `list --tag` finds it'
    complete -c $program -n '__luma_at \'generations create\'' -l once -d 'Resume the job of the same request in the history, if there is one, instead of submitting it again'
    complete -c $program -n '__luma_at \'generations create\'' -l once-key -x -d 'Name the job KEY; if the history has a job with that key, resume it instead'
    complete -c $program -n '__luma_at \'generations create\'' -l max-cost -x -d 'Reject jobs that cost more or whose price is unknown; `any` lifts the limit'
    complete -c $program -n '__luma_at \'generations create\'' -l max-cost-per-day -x -d 'Limit on the total cost of the last 24 hours, this job included'
    complete -c $program -n '__luma_at \'generations create\'' -l upload -x -k -a 'auto always never' -d 'When to upload local files instead of sending them inside the request; `auto`: videos and files over the threshold'
    complete -c $program -n '__luma_at \'generations create\'' -l upload-threshold -x -d 'Upload files larger than this, e.g. `8MiB`'
    complete -c $program -n '__luma_at \'generations create\'' -l literal -d 'Do not embed files that `@file` names on stdin and in `--input`; flags still do'
    complete -c $program -n '__luma_at \'generations create\'' -l no-history -d 'Do not record this job in the history'
    complete -c $program -n '__luma_at \'generations get\'' -l generation-id -x -k -a '(__luma_generation | __luma_beginning)' -d 'Same as the argument'
    complete -c $program -n '__luma_at \'generations wait\'' -l timeout -x -d 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit'
    complete -c $program -n '__luma_at \'generations wait\'' -l poll-interval -x -d 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]'
    complete -c $program -n '__luma_at \'generations download\'' -l wait -d 'Wait until the job ends'
    complete -c $program -n '__luma_at \'generations download\'' -l no-wait -d 'Do not wait until the job ends'
    complete -c $program -n '__luma_at \'generations download\'' -l timeout -x -d 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit'
    complete -c $program -n '__luma_at \'generations download\'' -l poll-interval -x -d 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]'
    complete -c $program -n '__luma_at \'generations download\'' -s o -l output -r -F -d 'Save the output as this file; `-` is stdout'
    complete -c $program -n '__luma_at \'generations download\'' -s d -l output-dir -x -a '(__fish_complete_directories)' -d 'Save the outputs in this folder as `ID.EXT`'
    complete -c $program -n '__luma_at \'generations download\'' -l name -x -d 'Names of the outputs, e.g. `{date}-{prompt}.{ext}`; also {id}, {short_id}, {index}, {type}, {model}, {time}, {label}, {tag}'
    complete -c $program -n '__luma_at \'generations download\'' -l overwrite -d 'Replace existing files'
    complete -c $program -n '__luma_at \'generations download\'' -l skip-existing -d 'Skip outputs that already exist'
    complete -c $program -n '__luma_at \'generations list\'' -l state -x -k -a 'queued processing completed failed sending refused unknown' -d 'Only jobs in this state'
    complete -c $program -n '__luma_at \'generations list\'' -l type -x -k -a 'image image_edit video video_edit video_reframe layering' -d 'Only jobs of this type'
    complete -c $program -n '__luma_at \'generations list\'' -l model -x -k -a 'uni-1 uni-1-max ray-3.2' -d 'Only jobs of this model'
    complete -c $program -n '__luma_at \'generations list\'' -l tag -x -d 'Only jobs with this tag'
    complete -c $program -n '__luma_at \'generations list\'' -l since -x -d 'Only jobs submitted this recently, e.g. `2h`, `7d`'
    complete -c $program -n '__luma_at \'generations list\'' -l search -x -d 'Only jobs with this text in the prompt'
    complete -c $program -n '__luma_at \'generations list\'' -l limit -x -d 'Number of jobs, newest first; 0 for all'
    complete -c $program -n '__luma_at \'generations list\'' -l sandbox -d 'Only jobs of sandboxes, which cost nothing'
    complete -c $program -n '__luma_at \'generations list\'' -l refresh -d 'Ask the API for the current state of jobs that have not ended. Default on a terminal, for 20 jobs'
    complete -c $program -n '__luma_at \'generations list\'' -l no-refresh -d 'Do not ask the API for the current state of jobs that have not ended. Default on a terminal, for 20 jobs'
    complete -c $program -n '__luma_at \'generations list\'' -l spend -x -k -a 'day model tag' -d 'Print the money spent per day, model or tag instead of jobs'
    complete -c $program -n '__luma_at \'generations resume\'' -l timeout -x -d 'Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running. Default: no limit'
    complete -c $program -n '__luma_at \'generations resume\'' -l poll-interval -x -d 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]'
    complete -c $program -n '__luma_at \'generations batch\'' -l from -x -k -a 'jsonl json yaml csv tsv text' -d 'Format of the input; otherwise the file\'s extension decides'
    complete -c $program -n '__luma_at \'generations batch\'' -l vary -x -d 'Make a job for each value, e.g. `aspect_ratio=1:1,16:9`; with several keys, for each combination'
    complete -c $program -n '__luma_at \'generations batch\'' -l count -x -d 'Make N jobs for each row and combination'
    complete -c $program -n '__luma_at \'generations batch\'' -l override -x -d 'Set KEY to VALUE in every row, even where the row has its own value'
    complete -c $program -n '__luma_at \'generations batch\'' -l embed-files -d 'Embed the files that `@path` in a cell names; otherwise `@path` is text'
    complete -c $program -n '__luma_at \'generations batch\'' -l allow-outside -d 'Allow paths in rows that lead out of the folder of FILE'
    complete -c $program -n '__luma_at \'generations batch\'' -l ignore-unknown-columns -d 'Ignore columns that are neither a field nor a variable in a text'
    complete -c $program -n '__luma_at \'generations batch\'' -l no-check -d 'Submit rows even if the API is expected to reject them'
    complete -c $program -n '__luma_at \'generations batch\'' -l skip-invalid -d 'Skip rows with errors and submit the others'
    complete -c $program -n '__luma_at \'generations batch\'' -l unique -d 'Submit only one of several equal rows without an `id`'
    complete -c $program -n '__luma_at \'generations batch\'' -l run -x -d 'Name of the run to start or continue; the path of FILE if omitted, required with stdin'
    complete -c $program -n '__luma_at \'generations batch\'' -l status -d 'Print the state of each job from the history; send nothing'
    complete -c $program -n '__luma_at \'generations batch\'' -l fresh -d 'Start a new run, which pays for every row again'
    complete -c $program -n '__luma_at \'generations batch\'' -l resubmit-failed -d 'Submit jobs again that failed in an earlier invocation; you pay again'
    complete -c $program -n '__luma_at \'generations batch\'' -l resubmit-unknown -d 'Submit jobs again that may or may not have been accepted; you may pay twice'
    complete -c $program -n '__luma_at \'generations batch\'' -l resubmit -x -d 'Submit a job that fails for a temporary reason up to N times again; you pay each time'
    complete -c $program -n '__luma_at \'generations batch\'' -l on-change -x -k -a 'rerun keep' -d 'If the request of a known `id` has changed, submit it again or keep the earlier job; otherwise, it is an error'
    complete -c $program -n '__luma_at \'generations batch\'' -l verify -d 'Check saved files by their content, not by size and time'
    complete -c $program -n '__luma_at \'generations batch\'' -l shard -x -d 'Process only part K of N parts of the rows; a row\'s key decides its part'
    complete -c $program -n '__luma_at \'generations batch\'' -l jobs -x -d 'Run at most N jobs at once; otherwise as many as the account allows'
    complete -c $program -n '__luma_at \'generations batch\'' -l rpm -x -d 'Submit at most N jobs per minute; otherwise as many as the account allows'
    complete -c $program -n '__luma_at \'generations batch\'' -l timeout -x -d 'Stop submitting and waiting after this long, e.g. `1h` (exit 9); the same command continues. Default: no limit'
    complete -c $program -n '__luma_at \'generations batch\'' -l job-timeout -x -d 'Stop waiting for a job after this long, e.g. `10m`; it keeps running'
    complete -c $program -n '__luma_at \'generations batch\'' -l fail-fast -d 'Stop submitting after the first failed job'
    complete -c $program -n '__luma_at \'generations batch\'' -l max-failures -x -d 'Stop submitting after N failed jobs, or after N% of all jobs'
    complete -c $program -n '__luma_at \'generations batch\'' -l poll-interval -x -d 'Polling interval, e.g. `2s`  [default: 1s, growing to 5s]'
    complete -c $program -n '__luma_at \'generations batch\'' -s d -l output-dir -x -a '(__fish_complete_directories)' -d 'Save the outputs and the manifest in this folder; otherwise in one named like FILE'
    complete -c $program -n '__luma_at \'generations batch\'' -l name -x -d 'Names of the outputs, with the tokens of `create` and {n} (number of the row), {key} (its `id`), {col.NAME} (a column)'
    complete -c $program -n '__luma_at \'generations batch\'' -l overwrite -d 'Replace existing files'
    complete -c $program -n '__luma_at \'generations batch\'' -l skip-existing -d 'Skip outputs that already exist'
    complete -c $program -n '__luma_at \'generations batch\'' -l report -r -F -d 'Write a report, in the format of its extension: .csv with the columns of the input, .jsonl, .xml (JUnit) or .md'
    complete -c $program -n '__luma_at \'generations batch\'' -l merge -d 'Print and report the results of the manifests given as FILE, e.g. of shards; send nothing'
    complete -c $program -n '__luma_at \'generations batch\'' -l ordered -d 'Print results in the order of the rows, not as jobs end'
    complete -c $program -n '__luma_at \'generations batch\'' -l dry-run -d 'Print the requests, their prices and what the API would reject (exit 3); send nothing'
    complete -c $program -n '__luma_at \'generations batch\'' -l max-cost -x -d 'Stop submitting before the run costs more than this, in all of its invocations; `any` lifts the limit'
    complete -c $program -n '__luma_at \'generations batch\'' -l max-cost-per-day -x -d 'Limit on the total cost of the last 24 hours, these jobs included'
    complete -c $program -n '__luma_at \'generations batch\'' -l confirm-above -x -d 'Ask at a terminal before submitting jobs that cost more than this; `any` never asks'
    complete -c $program -n '__luma_at \'generations batch\'' -l yes -d 'Submit without asking for confirmation'
    complete -c $program -n '__luma_at \'generations batch\'' -l tag -x -d 'Label of the jobs in the history, unless a column `tag` has one; `list --tag` finds them'
    complete -c $program -n '__luma_at \'generations batch\'' -l prompt -x -a '(__luma_text)' -d 'What to make; only a layering works without a prompt'
    complete -c $program -n '__luma_at \'generations batch\'' -l prompt-file -r -F -d 'Read the prompt from a file, `-` for stdin'
    complete -c $program -n '__luma_at \'generations batch\'' -l model -x -k -a 'uni-1 uni-1-max ray-3.2' -d 'Model'
    complete -c $program -n '__luma_at \'generations batch\'' -l type -x -k -a 'image image_edit video video_edit video_reframe layering' -d 'Type of job'
    complete -c $program -n '__luma_at \'generations batch\'' -l aspect-ratio -x -k -a '3:1 2:1 21:9 16:9 4:3 3:2 1:1 3:4 2:3 9:16 1:2 1:3' -d 'Width to height; required for a reframe, otherwise chosen by the model'
    complete -c $program -n '__luma_at \'generations batch\'' -l style -x -k -a 'auto manga' -d 'Style of an image'
    complete -c $program -n '__luma_at \'generations batch\'' -l output-format -x -k -a 'png jpeg' -d 'File format of an image; chosen by the model if omitted'
    complete -c $program -n '__luma_at \'generations batch\'' -l web-search -d 'Let the model search the web for images'
    complete -c $program -n '__luma_at \'generations batch\'' -l user-id -x -a '(__luma_text)' -d 'Opaque id of your end user, for abuse reports'
    complete -c $program -n '__luma_at \'generations batch\'' -l param -x -d 'Any other field of the request; KEY may have dots, VALUE is YAML'
    complete -c $program -n '__luma_at \'generations batch\'' -l ref -r -F -a '(__luma_reference)' -d 'Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping'
    complete -c $program -n '__luma_at \'generations batch\'' -l image-ref -x -a '(__luma_text)' -d 'Reference image as a mapping: `{url: https://…}`'
    complete -c $program -n '__luma_at \'generations batch\'' -l image-ref.url -x -d 'URL of the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'generations batch\'' -l image-ref.data -x -a '(__luma_text)' -d 'Bytes of the most recent `--image-ref` in base64'
    complete -c $program -n '__luma_at \'generations batch\'' -l image-ref.media-type -x -d 'MIME type of the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'generations batch\'' -l image-ref.generation-id -x -k -a '(__luma_generation | __luma_beginning)' -d 'Id of the generation that made the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'generations batch\'' -l image-ref.file-id -x -d 'Id of the most recent `--image-ref` as an uploaded file'
    complete -c $program -n '__luma_at \'generations batch\'' -l source -r -F -a '(__luma_reference)' -d 'Image or video to edit, reframe or separate into layers'
    complete -c $program -n '__luma_at \'generations batch\'' -l source.url -x -d 'URL of the source'
    complete -c $program -n '__luma_at \'generations batch\'' -l source.data -x -a '(__luma_text)' -d 'Bytes of the source in base64'
    complete -c $program -n '__luma_at \'generations batch\'' -l source.media-type -x -d 'MIME type of the source'
    complete -c $program -n '__luma_at \'generations batch\'' -l source.generation-id -x -k -a '(__luma_generation | __luma_beginning)' -d 'Id of the generation that made the source'
    complete -c $program -n '__luma_at \'generations batch\'' -l source.file-id -x -d 'Id of the source as an uploaded file'
    complete -c $program -n '__luma_at \'generations batch\'' -l layering -x -a '(__luma_text)' -d 'Options of a layering as a mapping: `{resolution: 2k}`'
    complete -c $program -n '__luma_at \'generations batch\'' -l layering.resolution -x -k -a '1k 2k' -d 'Long side of the layers'
    complete -c $program -n '__luma_at \'generations batch\'' -l duration -x -k -a '5s 10s' -d 'Length of the video'
    complete -c $program -n '__luma_at \'generations batch\'' -l resolution -x -k -a '360p 540p 720p 1080p' -d 'Short side of the video'
    complete -c $program -n '__luma_at \'generations batch\'' -l hdr -d 'Make a high dynamic range video; requires 720p or 1080p'
    complete -c $program -n '__luma_at \'generations batch\'' -l exr -d 'Make an EXR as well as the MP4; requires `--hdr`'
    complete -c $program -n '__luma_at \'generations batch\'' -l loop -d 'Make the video loop seamlessly'
    complete -c $program -n '__luma_at \'generations batch\'' -l start-frame -r -F -a '(__luma_reference)' -d 'First frame, or the video to extend'
    complete -c $program -n '__luma_at \'generations batch\'' -l end-frame -r -F -a '(__luma_reference)' -d 'Last frame'
    complete -c $program -n '__luma_at \'generations batch\'' -l guide-frame -r -F -a '(__luma_reference)' -d 'Frame that guides an edit'
    complete -c $program -n '__luma_at \'generations batch\'' -l keyframe -x -a '(__luma_keyframe)' -d 'Image at frame INDEX; 24 frames a second'
    complete -c $program -n '__luma_at \'generations batch\'' -l strength -x -k -a 'adhere_1 adhere_2 adhere_3 flex_1 flex_2 flex_3 reimagine_1 reimagine_2 reimagine_3' -d 'How much an edit may change'
    complete -c $program -n '__luma_at \'generations batch\'' -l auto-controls -d 'Let the model choose how to control the edit'
    complete -c $program -n '__luma_at \'generations batch\'' -l video -x -a '(__luma_text)' -d 'The whole `video` object as a mapping: `{duration: 5s}`'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.duration -x -k -a '5s 10s' -d 'Same as --duration'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.resolution -x -k -a '360p 540p 720p 1080p' -d 'Same as --resolution'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.hdr -x -k -a 'true false null' -d 'Same as --hdr'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.exr-export -x -k -a 'true false null' -d 'Same as --exr'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.loop -x -k -a 'true false null' -d 'Same as --loop'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.start-frame -x -a '(__luma_text)' -d 'First frame, as a mapping'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.end-frame -x -a '(__luma_text)' -d 'Last frame, as a mapping'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.guide-frame -x -a '(__luma_text)' -d 'Frame that guides an edit, as a mapping'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.edit -x -a '(__luma_text)' -d 'Options of a video edit, as a mapping'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.source-position -x -a '(__luma_text)' -d 'Position of the source in a reframe, as a mapping: x_norm, y_norm, w_norm, h_norm'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.keyframes -x -a '(__luma_text)' -d 'Keyframes, as a list of mappings'
    complete -c $program -n '__luma_at \'generations batch\'' -l video.keyframe-indexes -x -a '(__luma_text)' -d 'Frame of each keyframe, as a list; 24 frames a second'
    complete -c $program -n '__luma_at \'generations batch\'' -l upload -x -k -a 'auto always never' -d 'When to upload local files instead of sending them inside the request; `auto`: videos and files over the threshold'
    complete -c $program -n '__luma_at \'generations batch\'' -l upload-threshold -x -d 'Upload files larger than this, e.g. `8MiB`'
    complete -c $program -n '__luma_at \'files\'' -a create -d 'Create a file record and print the URL to PUT its bytes to'
    complete -c $program -n '__luma_at \'files\'' -a upload -d 'Upload files, wait until they are ready, and print their records'
    complete -c $program -n '__luma_at \'files\'' -a complete -d 'Mark an upload as complete and print its record'
    complete -c $program -n '__luma_at \'files\'' -a get -d 'Print the current record of a file'
    complete -c $program -n '__luma_at \'files\'' -a list -d 'Print one page of the files of the account, newest first'
    complete -c $program -n '__luma_at \'files\'' -a delete -d 'Delete a file'
    complete -c $program -n '__luma_at \'files create\'' -l mime-type -x -d 'MIME type of the file; required'
    complete -c $program -n '__luma_at \'files create\'' -l size-bytes -x -d 'Exact size of the file; required'
    complete -c $program -n '__luma_at \'files create\'' -l filename -x -d 'Name of the file'
    complete -c $program -n '__luma_at \'files create\'' -l purpose -x -k -a 'input reference' -d 'Purpose of the file'
    complete -c $program -n '__luma_at \'files create\'' -l expires-at -x -d 'Time after which the API may delete the file, e.g. 2027-01-31T12:00:00Z'
    complete -c $program -n '__luma_at \'files create\'' -l user-id -x -a '(__luma_text)' -d 'Opaque id of your end user, for abuse reports'
    complete -c $program -n '__luma_at \'files create\'' -l literal -d 'Do not embed files that `@file` names on stdin and in `--input`; flags still do'
    complete -c $program -n '__luma_at \'files upload\'' -l purpose -x -k -a 'input reference' -d 'Purpose of the file'
    complete -c $program -n '__luma_at \'files upload\'' -l expires-in -x -d 'Let the API delete the file after this long, e.g. `2h`, `7d`'
    complete -c $program -n '__luma_at \'files upload\'' -l mime-type -x -d 'MIME type; detected from the content if omitted'
    complete -c $program -n '__luma_at \'files upload\'' -l wait -d 'Wait until the API has processed the file'
    complete -c $program -n '__luma_at \'files upload\'' -l no-wait -d 'Do not wait until the API has processed the file'
    complete -c $program -n '__luma_at \'files upload\'' -l reuse -d 'Reuse an earlier upload with the same content, purpose and type'
    complete -c $program -n '__luma_at \'files upload\'' -l no-reuse -d 'Do not reuse an earlier upload with the same content, purpose and type'
    complete -c $program -n '__luma_at \'files complete\'' -l file-id -x -d 'Same as the argument'
    complete -c $program -n '__luma_at \'files get\'' -l file-id -x -d 'Same as the argument'
    complete -c $program -n '__luma_at \'files list\'' -l cursor -x -d 'Start after this position: `next_cursor` of the previous page'
    complete -c $program -n '__luma_at \'files list\'' -l limit -x -d 'Files per page, 1 to 100'
    complete -c $program -n '__luma_at \'files list\'' -l purpose -x -k -a 'input reference' -d 'Only files for this purpose'
    complete -c $program -n '__luma_at \'files list\'' -l state -x -k -a 'pending ready failed deleted' -d 'Only files in this state'
    complete -c $program -n '__luma_at \'files list\'' -l all -d 'Print all pages as one'
    complete -c $program -n '__luma_at \'files delete\'' -l file-id -x -d 'Same as the argument'
    complete -c $program -n '__luma_at \'auth\'' -a login -d 'Store an API key in the config file'
    complete -c $program -n '__luma_at \'auth\'' -a logout -d 'Remove the API key from the config file'
    complete -c $program -n '__luma_at \'auth\'' -a status -d 'Print which key is used and check it with a free request'
    complete -c $program -n '__luma_at \'auth login\'' -l with-token -d 'Read the key from stdin'
    complete -c $program -n '__luma_at \'config\'' -a get -d 'Print the value of one setting in the config file'
    complete -c $program -n '__luma_at \'config\'' -a set -d 'Change one setting in the config file'
    complete -c $program -n '__luma_at \'config\'' -a unset -d 'Remove one setting from the config file'
    complete -c $program -n '__luma_at \'config\'' -a list -d 'Print the value of every setting and where it comes from'
    complete -c $program -n '__luma_at \'config\'' -a path -d 'Print the path of the config file'
    complete -c $program -n '__luma_at \'sandbox\'' -a serve -d 'Run the simulator until Ctrl-C'
    complete -c $program -n '__luma_at \'sandbox\'' -a exec -d 'Run a program with its own simulator'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l host -x -d 'Address or name to listen on; only it and loopback names are served'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l port -x -d 'Port; 0 selects a free one'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l latency -x -d 'How long jobs and file processing take, e.g. `2s` or `image=2s,video=8s-20s`  [default: image=3s,video=6s,layering=4s,file=1s]'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l seed -x -d 'Seed for images, times and probabilities, for reproducible runs'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l rpm -x -d 'Submissions a key may make in 60 s; 0 for no limit'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l jobs -x -d 'Jobs a key may have at once; 0 for no limit'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l url-life -x -d 'How long presigned links are valid'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l fault -x -d 'Fault to inject, as described below'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l log -r -F -d 'Append every request to this file, as JSON lines'
    complete -c $program -n '__luma_at \'sandbox serve\'' -l state -x -a '(__fish_complete_directories)' -d 'Keep jobs and files in this folder; by default they are lost when the simulator ends'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l latency -x -d 'How long jobs and file processing take, e.g. `2s` or `image=2s,video=8s-20s`  [default: image=3s,video=6s,layering=4s,file=1s]'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l seed -x -d 'Seed for images, times and probabilities, for reproducible runs'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l rpm -x -d 'Submissions a key may make in 60 s; 0 for no limit'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l jobs -x -d 'Jobs a key may have at once; 0 for no limit'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l url-life -x -d 'How long presigned links are valid'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l fault -x -d 'Fault to inject, as described below'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l log -r -F -d 'Append every request to this file, as JSON lines'
    complete -c $program -n '__luma_at \'sandbox exec\'' -l state -x -a '(__fish_complete_directories)' -d 'Keep jobs and files in this folder; by default they are lost when the simulator ends'
    complete -c $program -n '__luma_at \'cost\'' -l prompt -x -a '(__luma_text)' -d 'What to make; only a layering works without a prompt'
    complete -c $program -n '__luma_at \'cost\'' -l prompt-file -r -F -d 'Read the prompt from a file, `-` for stdin'
    complete -c $program -n '__luma_at \'cost\'' -l model -x -k -a 'uni-1 uni-1-max ray-3.2' -d 'Model'
    complete -c $program -n '__luma_at \'cost\'' -l type -x -k -a 'image image_edit video video_edit video_reframe layering' -d 'Type of job'
    complete -c $program -n '__luma_at \'cost\'' -l aspect-ratio -x -k -a '3:1 2:1 21:9 16:9 4:3 3:2 1:1 3:4 2:3 9:16 1:2 1:3' -d 'Width to height; required for a reframe, otherwise chosen by the model'
    complete -c $program -n '__luma_at \'cost\'' -l style -x -k -a 'auto manga' -d 'Style of an image'
    complete -c $program -n '__luma_at \'cost\'' -l output-format -x -k -a 'png jpeg' -d 'File format of an image; chosen by the model if omitted'
    complete -c $program -n '__luma_at \'cost\'' -l web-search -d 'Let the model search the web for images'
    complete -c $program -n '__luma_at \'cost\'' -l user-id -x -a '(__luma_text)' -d 'Opaque id of your end user, for abuse reports'
    complete -c $program -n '__luma_at \'cost\'' -l param -x -d 'Any other field of the request; KEY may have dots, VALUE is YAML'
    complete -c $program -n '__luma_at \'cost\'' -l ref -r -F -a '(__luma_reference)' -d 'Reference image: an https URL, gen:ID, file:ID, a path, `-`, or a mapping'
    complete -c $program -n '__luma_at \'cost\'' -l image-ref -x -a '(__luma_text)' -d 'Reference image as a mapping: `{url: https://…}`'
    complete -c $program -n '__luma_at \'cost\'' -l image-ref.url -x -d 'URL of the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'cost\'' -l image-ref.data -x -a '(__luma_text)' -d 'Bytes of the most recent `--image-ref` in base64'
    complete -c $program -n '__luma_at \'cost\'' -l image-ref.media-type -x -d 'MIME type of the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'cost\'' -l image-ref.generation-id -x -k -a '(__luma_generation | __luma_beginning)' -d 'Id of the generation that made the most recent `--image-ref`'
    complete -c $program -n '__luma_at \'cost\'' -l image-ref.file-id -x -d 'Id of the most recent `--image-ref` as an uploaded file'
    complete -c $program -n '__luma_at \'cost\'' -l source -r -F -a '(__luma_reference)' -d 'Image or video to edit, reframe or separate into layers'
    complete -c $program -n '__luma_at \'cost\'' -l source.url -x -d 'URL of the source'
    complete -c $program -n '__luma_at \'cost\'' -l source.data -x -a '(__luma_text)' -d 'Bytes of the source in base64'
    complete -c $program -n '__luma_at \'cost\'' -l source.media-type -x -d 'MIME type of the source'
    complete -c $program -n '__luma_at \'cost\'' -l source.generation-id -x -k -a '(__luma_generation | __luma_beginning)' -d 'Id of the generation that made the source'
    complete -c $program -n '__luma_at \'cost\'' -l source.file-id -x -d 'Id of the source as an uploaded file'
    complete -c $program -n '__luma_at \'cost\'' -l layering -x -a '(__luma_text)' -d 'Options of a layering as a mapping: `{resolution: 2k}`'
    complete -c $program -n '__luma_at \'cost\'' -l layering.resolution -x -k -a '1k 2k' -d 'Long side of the layers'
    complete -c $program -n '__luma_at \'cost\'' -l duration -x -k -a '5s 10s' -d 'Length of the video'
    complete -c $program -n '__luma_at \'cost\'' -l resolution -x -k -a '360p 540p 720p 1080p' -d 'Short side of the video'
    complete -c $program -n '__luma_at \'cost\'' -l hdr -d 'Make a high dynamic range video; requires 720p or 1080p'
    complete -c $program -n '__luma_at \'cost\'' -l exr -d 'Make an EXR as well as the MP4; requires `--hdr`'
    complete -c $program -n '__luma_at \'cost\'' -l loop -d 'Make the video loop seamlessly'
    complete -c $program -n '__luma_at \'cost\'' -l start-frame -r -F -a '(__luma_reference)' -d 'First frame, or the video to extend'
    complete -c $program -n '__luma_at \'cost\'' -l end-frame -r -F -a '(__luma_reference)' -d 'Last frame'
    complete -c $program -n '__luma_at \'cost\'' -l guide-frame -r -F -a '(__luma_reference)' -d 'Frame that guides an edit'
    complete -c $program -n '__luma_at \'cost\'' -l keyframe -x -a '(__luma_keyframe)' -d 'Image at frame INDEX; 24 frames a second'
    complete -c $program -n '__luma_at \'cost\'' -l strength -x -k -a 'adhere_1 adhere_2 adhere_3 flex_1 flex_2 flex_3 reimagine_1 reimagine_2 reimagine_3' -d 'How much an edit may change'
    complete -c $program -n '__luma_at \'cost\'' -l auto-controls -d 'Let the model choose how to control the edit'
    complete -c $program -n '__luma_at \'cost\'' -l video -x -a '(__luma_text)' -d 'The whole `video` object as a mapping: `{duration: 5s}`'
    complete -c $program -n '__luma_at \'cost\'' -l video.duration -x -k -a '5s 10s' -d 'Same as --duration'
    complete -c $program -n '__luma_at \'cost\'' -l video.resolution -x -k -a '360p 540p 720p 1080p' -d 'Same as --resolution'
    complete -c $program -n '__luma_at \'cost\'' -l video.hdr -x -k -a 'true false null' -d 'Same as --hdr'
    complete -c $program -n '__luma_at \'cost\'' -l video.exr-export -x -k -a 'true false null' -d 'Same as --exr'
    complete -c $program -n '__luma_at \'cost\'' -l video.loop -x -k -a 'true false null' -d 'Same as --loop'
    complete -c $program -n '__luma_at \'cost\'' -l video.start-frame -x -a '(__luma_text)' -d 'First frame, as a mapping'
    complete -c $program -n '__luma_at \'cost\'' -l video.end-frame -x -a '(__luma_text)' -d 'Last frame, as a mapping'
    complete -c $program -n '__luma_at \'cost\'' -l video.guide-frame -x -a '(__luma_text)' -d 'Frame that guides an edit, as a mapping'
    complete -c $program -n '__luma_at \'cost\'' -l video.edit -x -a '(__luma_text)' -d 'Options of a video edit, as a mapping'
    complete -c $program -n '__luma_at \'cost\'' -l video.source-position -x -a '(__luma_text)' -d 'Position of the source in a reframe, as a mapping: x_norm, y_norm, w_norm, h_norm'
    complete -c $program -n '__luma_at \'cost\'' -l video.keyframes -x -a '(__luma_text)' -d 'Keyframes, as a list of mappings'
    complete -c $program -n '__luma_at \'cost\'' -l video.keyframe-indexes -x -a '(__luma_text)' -d 'Frame of each keyframe, as a list; 24 frames a second'
    complete -c $program -n '__luma_at \'cost\'' -l input -r -F -d 'A whole request in YAML or JSON, `-` for stdin; flags override it'
    complete -c $program -n '__luma_at \'cost\'' -l literal -d 'Do not embed files that `@file` names on stdin and in `--input`; flags still do'
    complete -c $program -n '__luma_at \'completion\'' -l install -d 'Install it where your shell looks for completion scripts'
    complete -c $program -s h -l help -d 'Show the help and exit'
    complete -c $program -n '__luma_at_place \'generations get\' 0' -f -k -a '(__luma_generation | __luma_beginning)'
    complete -c $program -n '__luma_at \'generations wait\'' -f -k -a '(__luma_generation | __luma_beginning)'
    complete -c $program -n '__luma_at \'generations download\'' -f -k -a '(__luma_generation | __luma_beginning)'
    complete -c $program -n '__luma_at \'generations show\'' -f -k -a '(__luma_generation | __luma_beginning)'
    complete -c $program -n '__luma_at \'generations resume\'' -f -k -a '(__luma_generation | __luma_beginning)'
    complete -c $program -n '__luma_at \'generations batch\'' -r -F
    complete -c $program -n '__luma_at \'files upload\'' -r -F
    complete -c $program -n '__luma_at_place \'config get\' 0' -f -k -a 'token base_url format format_error transform transform_error raw_output profile quiet verbose debug no_color request_timeout max_retries max_cost max_cost_per_day upload upload_threshold literal confirm_above history'
    complete -c $program -n '__luma_at_place \'config set\' 0' -f -k -a 'token base_url format format_error transform transform_error raw_output profile quiet verbose debug no_color request_timeout max_retries max_cost max_cost_per_day upload upload_threshold literal confirm_above history'
    complete -c $program -n '__luma_at_place \'config set format\' 0' -f -k -a 'auto explore json jsonl pretty raw yaml'
    complete -c $program -n '__luma_at_place \'config set format_error\' 0' -f -k -a 'auto explore json jsonl pretty raw yaml'
    complete -c $program -n '__luma_at_place \'config set raw_output\' 0' -f -k -a 'true false'
    complete -c $program -n '__luma_at_place \'config set quiet\' 0' -f -k -a 'true false'
    complete -c $program -n '__luma_at_place \'config set verbose\' 0' -f -k -a 'true false'
    complete -c $program -n '__luma_at_place \'config set debug\' 0' -f -k -a 'true false'
    complete -c $program -n '__luma_at_place \'config set no_color\' 0' -f -k -a 'true false'
    complete -c $program -n '__luma_at_place \'config set upload\' 0' -f -k -a 'auto always never'
    complete -c $program -n '__luma_at_place \'config set literal\' 0' -f -k -a 'true false'
    complete -c $program -n '__luma_at_place \'config set history\' 0' -f -k -a 'true false'
    complete -c $program -n '__luma_at_place \'config unset\' 0' -f -k -a 'token base_url format format_error transform transform_error raw_output profile quiet verbose debug no_color request_timeout max_retries max_cost max_cost_per_day upload upload_threshold literal confirm_above history'
    complete -c $program -n '__luma_at \'sandbox exec\'' -F -a '(__luma_program)'
    complete -c $program -n '__luma_at_place \'completion\' 0' -f -k -a 'bash zsh fish pwsh'
end
for program in luma-agents-cli luma
    complete -c $program -f
    __luma_declare $program
end
