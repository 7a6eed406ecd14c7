# Made by `python -m luma_cli.docgen --write`; do not edit.
# Completion of luma-agents-cli for bash 4.2 and newer. A Tab starts no other program.

_luma_agents_cli() {
    local IFS=$' \t\n' words=() current='' stem='' prefix='' path='' flag='' kind='' offered=''
    local places=0 index word
    COMPREPLY=()
    _luma_agents_cli_split
    for ((index = 1; index < ${#words[@]}; index++)); do
        word=${words[index]}
        if [[ $path == *' --' ]]; then
            ((places++))
        elif [[ $word == -- ]]; then
            path+=' --'
        elif [[ $word == -[[:alpha:]-]* ]]; then
            [[ $word == --* || ${#word} -eq 2 ]] || word=-$word
            flag=$word
            if [[ $word != *=* ]] && _luma_agents_cli_flag; then
                ((++index == ${#words[@]})) && break
            fi
            flag=''
        elif _luma_agents_cli_child; then
            path+="${path:+ }$word"
        else
            _luma_agents_cli_place
            [[ $kind == program ]] && path+=' --'
            ((places++))
        fi
    done
    kind=nothing
    if [[ $flag ]]; then
        _luma_agents_cli_flag
    elif [[ $path == *' --' || $current != -* ]]; then
        _luma_agents_cli_place
    elif [[ $current == --*=* ]]; then
        flag=${current%%=*} prefix=${current%%=*}= current=${current#*=}
        _luma_agents_cli_flag
    else
        _luma_agents_cli_flags
    fi
    _luma_agents_cli_offer
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:/=] ]]; then
        compopt -o nospace
    fi
}

# Put the words before the cursor into `words`, and the one under it into `current`, as they were
# typed: bash takes them apart at `:`, `=` and `@`. `stem` is what it keeps of the last one.
_luma_agents_cli_split() {
    local line=${COMP_LINE:0:COMP_POINT} index last piece
    for ((index = 0; index <= COMP_CWORD; index++)); do
        piece=${COMP_WORDS[index]} last=$((${#words[@]} - 1))
        if [[ $index -eq 0 || $line == [[:space:]]* ]]; then
            line=${line#"${line%%[![:space:]]*}"} stem=''
            words+=('')
            ((last++))
        else
            stem=${words[last]}
        fi
        [[ $index -eq $COMP_CWORD ]] && piece=$line
        line=${line#"$piece"}
        words[last]+=$piece
    done
    current=${words[last]}
    unset 'words[last]'
    # such signs are kept, too, but for an `@`
    if [[ -z ${piece//[$COMP_WORDBREAKS]/} ]]; then
        stem=$current
    fi
    stem=${stem%@}
}

_luma_agents_cli_offer() {
    local word file REPLY
    case $kind in
    words | flags | commands) _luma_agents_cli_add $offered ;;
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
    program)
        compopt -o default
        if [[ $places -eq 0 ]]; then
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -c -- "$current")
        fi
        ;;
    text)
        case $current in
        @file://* | @data://*) _luma_agents_cli_files "${current:0:8}" ;;
        @*)
            _luma_agents_cli_add @file:// @data://
            _luma_agents_cli_files @
            ;;
        esac
        ;;
    keyframe)
        if [[ $current == *=* ]]; then
            prefix+=${current%%=*}= current=${current#*=} kind=reference
            _luma_agents_cli_offer
        fi
        ;;
    reference)
        if [[ $current == gen:* ]]; then
            _luma_agents_cli_recent gen:
        else
            _luma_agents_cli_add gen: file: https://
            _luma_agents_cli_files ''
        fi
        ;;
    generation) _luma_agents_cli_recent '' ;;
    profile)
        offered=default
        _luma_agents_cli_folder "${XDG_CONFIG_HOME:-${HOME-}/.config}"
        file=${LUMA_CONFIG_FILE:-$REPLY/config.toml}
        if [[ -f $file && -r $file ]]; then
            while IFS= read -r word || [[ $word ]]; do
                [[ $word =~ ^\[profiles\.\"?([A-Za-z0-9_-]+)\"?\] ]] && offered+=" ${BASH_REMATCH[1]}"
            done <"$file"
        fi
        _luma_agents_cli_add $offered
        ;;
    esac
}

# Offer those of the words that begin with what is there.
_luma_agents_cli_add() {
    local word
    for word; do
        if [[ $word == "$current"* ]]; then
            word=$prefix$word
            COMPREPLY+=("${word#"$stem"}")
        fi
    done
}

# Offer files, whose names stand behind a sign such as `@`, or behind nothing.
_luma_agents_cli_files() {
    local name typed=${current#"$1"}
    if [[ -z $1 && $typed == *[\~\$\"\'\\\`]* ]]; then
        compopt -o default # bash knows what it means
        return
    fi
    [[ $typed == *[\~\$\"\'\`]* ]] && return
    typed=${typed//\\/}
    while IFS= read -r name; do
        [[ -d $name ]] && name+=/
        printf -v name %q "$name"
        name=$prefix$1$name
        COMPREPLY+=("${name#"$stem"}")
    done < <(compgen -f -- "$typed")
}

# Offer the newest generations, which the program keeps in a file.
_luma_agents_cli_recent() {
    local id file _
    offered=$1@last
    _luma_agents_cli_folder "${XDG_STATE_HOME:-${HOME-}/.local/state}"
    file=${LUMA_STATE_DIR:-$REPLY}/recent.txt
    if [[ -f $file && -r $file ]]; then
        while IFS=$'\t' read -r id _; do
            [[ $id =~ ^[A-Za-z0-9][A-Za-z0-9_.-]*$ ]] && offered+=" $1$id"
        done <"$file"
    fi
    _luma_agents_cli_add $offered
}

_luma_agents_cli_folder() {
    REPLY=$1/luma-agents-cli
    [[ $OSTYPE == darwin* ]] && REPLY="${HOME-}/Library/Application Support/luma-agents-cli"
}

# Succeeds for a word that is a command at this place.
_luma_agents_cli_child() {
    case "${path:+$path }$word" in
    'generations' | \
        'generations create' | \
        'generations get' | \
        'generations wait' | \
        'generations download' | \
        'generations list' | \
        'generations show' | \
        'generations resume' | \
        'generations batch' | \
        'files' | \
        'files create' | \
        'files upload' | \
        'files complete' | \
        'files get' | \
        'files list' | \
        'files delete' | \
        'auth' | \
        'auth login' | \
        'auth logout' | \
        'auth status' | \
        'config' | \
        'config get' | \
        'config set' | \
        'config set format' | \
        'config set format_error' | \
        'config set raw_output' | \
        'config set quiet' | \
        'config set verbose' | \
        'config set debug' | \
        'config set no_color' | \
        'config set upload' | \
        'config set literal' | \
        'config set history' | \
        'config unset' | \
        'config list' | \
        'config path' | \
        'sandbox' | \
        'sandbox serve' | \
        'sandbox exec' | \
        'cost' | \
        'completion') ;;
    *) return 1 ;;
    esac
}

_luma_agents_cli_flags() {
    kind=flags
    case $path in
    'generations create') offered='--prompt --prompt-file --model --type --aspect-ratio --style --output-format --web-search --user-id --param --ref --image-ref --image-ref.url --image-ref.data --image-ref.media-type --image-ref.generation-id --image-ref.file-id --source --source.url --source.data --source.media-type --source.generation-id --source.file-id --layering --layering.resolution --duration --resolution --hdr --exr --loop --start-frame --end-frame --guide-frame --keyframe --strength --auto-controls --video --video.duration --video.resolution --video.hdr --video.exr-export --video.loop --video.start-frame --video.end-frame --video.guide-frame --video.edit --video.source-position --video.keyframes --video.keyframe-indexes --input --wait --no-wait --timeout --poll-interval --output --output-dir --name --overwrite --skip-existing --dry-run --tag --once --once-key --max-cost --max-cost-per-day --upload --upload-threshold --literal --no-history --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'generations get') offered='--generation-id --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'generations wait') offered='--timeout --poll-interval --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'generations download') offered='--wait --no-wait --timeout --poll-interval --output --output-dir --name --overwrite --skip-existing --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'generations list') offered='--state --type --model --tag --since --search --limit --sandbox --refresh --no-refresh --spend --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'generations resume') offered='--timeout --poll-interval --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'generations batch') offered='--from --vary --count --override --embed-files --allow-outside --ignore-unknown-columns --no-check --skip-invalid --unique --run --status --fresh --resubmit-failed --resubmit-unknown --resubmit --on-change --verify --shard --jobs --rpm --timeout --job-timeout --fail-fast --max-failures --poll-interval --output-dir --name --overwrite --skip-existing --report --merge --ordered --dry-run --max-cost --max-cost-per-day --confirm-above --yes --tag --prompt --prompt-file --model --type --aspect-ratio --style --output-format --web-search --user-id --param --ref --image-ref --image-ref.url --image-ref.data --image-ref.media-type --image-ref.generation-id --image-ref.file-id --source --source.url --source.data --source.media-type --source.generation-id --source.file-id --layering --layering.resolution --duration --resolution --hdr --exr --loop --start-frame --end-frame --guide-frame --keyframe --strength --auto-controls --video --video.duration --video.resolution --video.hdr --video.exr-export --video.loop --video.start-frame --video.end-frame --video.guide-frame --video.edit --video.source-position --video.keyframes --video.keyframe-indexes --upload --upload-threshold --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'files create') offered='--mime-type --size-bytes --filename --purpose --expires-at --user-id --literal --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'files upload') offered='--purpose --expires-in --mime-type --wait --no-wait --reuse --no-reuse --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'files complete') offered='--file-id --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'files get') offered='--file-id --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'files list') offered='--cursor --limit --purpose --state --all --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'files delete') offered='--file-id --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'auth login') offered='--with-token --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'sandbox serve') offered='--host --port --latency --seed --rpm --jobs --url-life --fault --log --state --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'sandbox exec') offered='--latency --seed --rpm --jobs --url-life --fault --log --state --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'cost') offered='--prompt --prompt-file --model --type --aspect-ratio --style --output-format --web-search --user-id --param --ref --image-ref --image-ref.url --image-ref.data --image-ref.media-type --image-ref.generation-id --image-ref.file-id --source --source.url --source.data --source.media-type --source.generation-id --source.file-id --layering --layering.resolution --duration --resolution --hdr --exr --loop --start-frame --end-frame --guide-frame --keyframe --strength --auto-controls --video --video.duration --video.resolution --video.hdr --video.exr-export --video.loop --video.start-frame --video.end-frame --video.guide-frame --video.edit --video.source-position --video.keyframes --video.keyframe-indexes --input --literal --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    'completion') offered='--install --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    *) offered='--auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help' ;;
    esac
}

# Succeeds for a flag that takes a value.
_luma_agents_cli_flag() {
    kind=nothing
    case "$path $flag" in
    'generations create --prompt' | \
        'generations create --user-id' | \
        'generations create --image-ref' | \
        'generations create --image-ref.data' | \
        'generations create --source.data' | \
        'generations create --layering' | \
        'generations create --video' | \
        'generations create --video.start-frame' | \
        'generations create --video.end-frame' | \
        'generations create --video.guide-frame' | \
        'generations create --video.edit' | \
        'generations create --video.source-position' | \
        'generations create --video.keyframes' | \
        'generations create --video.keyframe-indexes' | \
        'generations batch --prompt' | \
        'generations batch --user-id' | \
        'generations batch --image-ref' | \
        'generations batch --image-ref.data' | \
        'generations batch --source.data' | \
        'generations batch --layering' | \
        'generations batch --video' | \
        'generations batch --video.start-frame' | \
        'generations batch --video.end-frame' | \
        'generations batch --video.guide-frame' | \
        'generations batch --video.edit' | \
        'generations batch --video.source-position' | \
        'generations batch --video.keyframes' | \
        'generations batch --video.keyframe-indexes' | \
        'files create --user-id' | \
        'cost --prompt' | \
        'cost --user-id' | \
        'cost --image-ref' | \
        'cost --image-ref.data' | \
        'cost --source.data' | \
        'cost --layering' | \
        'cost --video' | \
        'cost --video.start-frame' | \
        'cost --video.end-frame' | \
        'cost --video.guide-frame' | \
        'cost --video.edit' | \
        'cost --video.source-position' | \
        'cost --video.keyframes' | \
        'cost --video.keyframe-indexes') kind=text ;;
    'generations create --prompt-file' | \
        'generations create --input' | \
        'generations create -o' | \
        'generations create --output' | \
        'generations download -o' | \
        'generations download --output' | \
        'generations batch --report' | \
        'generations batch --prompt-file' | \
        'sandbox serve --log' | \
        'sandbox exec --log' | \
        'cost --prompt-file' | \
        'cost --input') kind=files ;;
    'generations create --model' | \
        'generations list --model' | \
        'generations batch --model' | \
        'cost --model') kind=words offered='uni-1 uni-1-max ray-3.2' ;;
    'generations create --type' | \
        'generations list --type' | \
        'generations batch --type' | \
        'cost --type') kind=words offered='image image_edit video video_edit video_reframe layering' ;;
    'generations create --aspect-ratio' | \
        'generations batch --aspect-ratio' | \
        'cost --aspect-ratio') kind=words offered='3:1 2:1 21:9 16:9 4:3 3:2 1:1 3:4 2:3 9:16 1:2 1:3' ;;
    'generations create --style' | \
        'generations batch --style' | \
        'cost --style') kind=words offered='auto manga' ;;
    'generations create --output-format' | \
        'generations batch --output-format' | \
        'cost --output-format') kind=words offered='png jpeg' ;;
    'generations create --param' | \
        'generations create --image-ref.url' | \
        'generations create --image-ref.media-type' | \
        'generations create --image-ref.file-id' | \
        'generations create --source.url' | \
        'generations create --source.media-type' | \
        'generations create --source.file-id' | \
        'generations create --timeout' | \
        'generations create --poll-interval' | \
        'generations create --name' | \
        'generations create --tag' | \
        'generations create --once-key' | \
        'generations create --max-cost' | \
        'generations create --max-cost-per-day' | \
        'generations create --upload-threshold' | \
        'generations wait --timeout' | \
        'generations wait --poll-interval' | \
        'generations download --timeout' | \
        'generations download --poll-interval' | \
        'generations download --name' | \
        'generations list --tag' | \
        'generations list --since' | \
        'generations list --search' | \
        'generations list --limit' | \
        'generations resume --timeout' | \
        'generations resume --poll-interval' | \
        'generations batch --vary' | \
        'generations batch --count' | \
        'generations batch --override' | \
        'generations batch --run' | \
        'generations batch --resubmit' | \
        'generations batch --shard' | \
        'generations batch --jobs' | \
        'generations batch --rpm' | \
        'generations batch --timeout' | \
        'generations batch --job-timeout' | \
        'generations batch --max-failures' | \
        'generations batch --poll-interval' | \
        'generations batch --name' | \
        'generations batch --max-cost' | \
        'generations batch --max-cost-per-day' | \
        'generations batch --confirm-above' | \
        'generations batch --tag' | \
        'generations batch --param' | \
        'generations batch --image-ref.url' | \
        'generations batch --image-ref.media-type' | \
        'generations batch --image-ref.file-id' | \
        'generations batch --source.url' | \
        'generations batch --source.media-type' | \
        'generations batch --source.file-id' | \
        'generations batch --upload-threshold' | \
        'files create --mime-type' | \
        'files create --size-bytes' | \
        'files create --filename' | \
        'files create --expires-at' | \
        'files upload --expires-in' | \
        'files upload --mime-type' | \
        'files complete --file-id' | \
        'files get --file-id' | \
        'files list --cursor' | \
        'files list --limit' | \
        'files delete --file-id' | \
        'sandbox serve --host' | \
        'sandbox serve --port' | \
        'sandbox serve --latency' | \
        'sandbox serve --seed' | \
        'sandbox serve --rpm' | \
        'sandbox serve --jobs' | \
        'sandbox serve --url-life' | \
        'sandbox serve --fault' | \
        'sandbox exec --latency' | \
        'sandbox exec --seed' | \
        'sandbox exec --rpm' | \
        'sandbox exec --jobs' | \
        'sandbox exec --url-life' | \
        'sandbox exec --fault' | \
        'cost --param' | \
        'cost --image-ref.url' | \
        'cost --image-ref.media-type' | \
        'cost --image-ref.file-id' | \
        'cost --source.url' | \
        'cost --source.media-type' | \
        'cost --source.file-id' | \
        *' --auth-token' | \
        *' --base-url' | \
        *' --transform' | \
        *' --transform-error' | \
        *' --request-timeout' | \
        *' --max-retries') kind=nothing ;;
    'generations create --ref' | \
        'generations create --source' | \
        'generations create --start-frame' | \
        'generations create --end-frame' | \
        'generations create --guide-frame' | \
        'generations batch --ref' | \
        'generations batch --source' | \
        'generations batch --start-frame' | \
        'generations batch --end-frame' | \
        'generations batch --guide-frame' | \
        'cost --ref' | \
        'cost --source' | \
        'cost --start-frame' | \
        'cost --end-frame' | \
        'cost --guide-frame') kind=reference ;;
    'generations create --image-ref.generation-id' | \
        'generations create --source.generation-id' | \
        'generations get --generation-id' | \
        'generations batch --image-ref.generation-id' | \
        'generations batch --source.generation-id' | \
        'cost --image-ref.generation-id' | \
        'cost --source.generation-id') kind=generation ;;
    'generations create --layering.resolution' | \
        'generations batch --layering.resolution' | \
        'cost --layering.resolution') kind=words offered='1k 2k' ;;
    'generations create --duration' | \
        'generations create --video.duration' | \
        'generations batch --duration' | \
        'generations batch --video.duration' | \
        'cost --duration' | \
        'cost --video.duration') kind=words offered='5s 10s' ;;
    'generations create --resolution' | \
        'generations create --video.resolution' | \
        'generations batch --resolution' | \
        'generations batch --video.resolution' | \
        'cost --resolution' | \
        'cost --video.resolution') kind=words offered='360p 540p 720p 1080p' ;;
    'generations create --keyframe' | \
        'generations batch --keyframe' | \
        'cost --keyframe') kind=keyframe ;;
    'generations create --strength' | \
        'generations batch --strength' | \
        'cost --strength') kind=words offered='adhere_1 adhere_2 adhere_3 flex_1 flex_2 flex_3 reimagine_1 reimagine_2 reimagine_3' ;;
    'generations create --video.hdr' | \
        'generations create --video.exr-export' | \
        'generations create --video.loop' | \
        'generations batch --video.hdr' | \
        'generations batch --video.exr-export' | \
        'generations batch --video.loop' | \
        'cost --video.hdr' | \
        'cost --video.exr-export' | \
        'cost --video.loop') kind=words offered='true false null' ;;
    'generations create -d' | \
        'generations create --output-dir' | \
        'generations download -d' | \
        'generations download --output-dir' | \
        'generations batch -d' | \
        'generations batch --output-dir' | \
        'sandbox serve --state' | \
        'sandbox exec --state') kind=folders ;;
    'generations create --upload' | \
        'generations batch --upload') kind=words offered='auto always never' ;;
    'generations list --state') kind=words offered='queued processing completed failed sending refused unknown' ;;
    'generations list --spend') kind=words offered='day model tag' ;;
    'generations batch --from') kind=words offered='jsonl json yaml csv tsv text' ;;
    'generations batch --on-change') kind=words offered='rerun keep' ;;
    'files create --purpose' | \
        'files upload --purpose' | \
        'files list --purpose') kind=words offered='input reference' ;;
    'files list --state') kind=words offered='pending ready failed deleted' ;;
    *' --format' | \
        *' --format-error') kind=words offered='auto explore json jsonl pretty raw yaml' ;;
    *' --profile') kind=profile ;;
    *) return 1 ;;
    esac
}

_luma_agents_cli_place() {
    kind=nothing
    case "${path% --} $places" in
    ' 0') kind=commands offered='generations files auth config sandbox cost completion' ;;
    'generations 0') kind=commands offered='create get wait download list show resume batch' ;;
    'files 0') kind=commands offered='create upload complete get list delete' ;;
    'auth 0') kind=commands offered='login logout status' ;;
    'config 0') kind=commands offered='get set unset list path' ;;
    'sandbox 0') kind=commands offered='serve exec' ;;
    'generations get 0' | \
        'generations wait '* | \
        'generations download '* | \
        'generations show '* | \
        'generations resume '*) kind=generation ;;
    'generations batch '* | \
        'files upload '*) kind=files ;;
    'config get 0' | \
        'config set 0' | \
        'config unset 0') kind=words offered='token base_url format format_error transform transform_error raw_output profile quiet verbose debug no_color request_timeout max_retries max_cost max_cost_per_day upload upload_threshold literal confirm_above history' ;;
    'config set format 0' | \
        'config set format_error 0') kind=words offered='auto explore json jsonl pretty raw yaml' ;;
    'config set raw_output 0' | \
        'config set quiet 0' | \
        'config set verbose 0' | \
        'config set debug 0' | \
        'config set no_color 0' | \
        'config set literal 0' | \
        'config set history 0') kind=words offered='true false' ;;
    'config set upload 0') kind=words offered='auto always never' ;;
    'sandbox exec '*) kind=program ;;
    'completion 0') kind=words offered='bash zsh fish pwsh' ;;
    esac
}
complete -F _luma_agents_cli luma-agents-cli luma
