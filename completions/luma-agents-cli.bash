# Made by `python -m luma_cli.docgen --write`; do not edit.
_luma_agents_cli() {
    local current=${COMP_WORDS[COMP_CWORD]} command= word offered=
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$command $word" in
            " generations") command="generations" ;;
            "generations create") command="generations create" ;;
            "generations get") command="generations get" ;;
            "generations wait") command="generations wait" ;;
            "generations download") command="generations download" ;;
            "generations list") command="generations list" ;;
            "generations show") command="generations show" ;;
            "generations resume") command="generations resume" ;;
            " files") command="files" ;;
            "files create") command="files create" ;;
            "files upload") command="files upload" ;;
            "files complete") command="files complete" ;;
            "files get") command="files get" ;;
            "files list") command="files list" ;;
            "files delete") command="files delete" ;;
            " auth") command="auth" ;;
            "auth login") command="auth login" ;;
            "auth logout") command="auth logout" ;;
            "auth status") command="auth status" ;;
            " config") command="config" ;;
            "config get") command="config get" ;;
            "config set") command="config set" ;;
            "config unset") command="config unset" ;;
            "config list") command="config list" ;;
            "config path") command="config path" ;;
            " sandbox") command="sandbox" ;;
            "sandbox serve") command="sandbox serve" ;;
            "sandbox exec") command="sandbox exec" ;;
            " cost") command="cost" ;;
        esac
    done
    case "$command" in
        "") offered="generations files auth config sandbox cost" ;;
        "generations") offered="create get wait download list show resume" ;;
        "generations create") offered="--prompt --prompt-file --model --type --aspect-ratio --style --output-format --web-search --user-id --param --ref --image-ref --image-ref.url --image-ref.data --image-ref.media-type --image-ref.generation-id --image-ref.file-id --source --source.url --source.data --source.media-type --source.generation-id --source.file-id --layering --layering.resolution --duration --resolution --hdr --exr --loop --start-frame --end-frame --guide-frame --keyframe --strength --auto-controls --video --video.duration --video.resolution --video.hdr --video.exr-export --video.loop --video.start-frame --video.end-frame --video.guide-frame --video.edit --video.source-position --video.keyframes --video.keyframe-indexes --max-cost --max-cost-per-day --upload --upload-threshold --no-history --input --wait --no-wait --timeout --poll-interval --output --output-dir --name --overwrite --skip-existing --dry-run --tag" ;;
        "generations get") offered="--generation-id" ;;
        "generations wait") offered="--timeout --poll-interval" ;;
        "generations download") offered="--wait --no-wait --timeout --poll-interval --output --output-dir --name --overwrite --skip-existing" ;;
        "generations list") offered="--state --type --model --tag --since --search --limit --spend" ;;
        "generations show") offered="" ;;
        "generations resume") offered="--timeout --poll-interval" ;;
        "files") offered="create upload complete get list delete" ;;
        "files create") offered="--mime-type --size-bytes --filename --purpose --expires-at --user-id" ;;
        "files upload") offered="--purpose --expires-in --mime-type --wait --no-wait --reuse --no-reuse" ;;
        "files complete") offered="--file-id" ;;
        "files get") offered="--file-id" ;;
        "files list") offered="--cursor --limit --purpose --state --all" ;;
        "files delete") offered="--file-id" ;;
        "auth") offered="login logout status" ;;
        "auth login") offered="--with-token" ;;
        "auth logout") offered="" ;;
        "auth status") offered="" ;;
        "config") offered="get set unset list path" ;;
        "config get") offered="" ;;
        "config set") offered="" ;;
        "config unset") offered="" ;;
        "config list") offered="" ;;
        "config path") offered="" ;;
        "sandbox") offered="serve exec" ;;
        "sandbox serve") offered="--host --port --latency --seed --rpm --jobs --url-life --fault --log --state" ;;
        "sandbox exec") offered="--latency --seed --rpm --jobs --url-life --fault --log --state" ;;
        "cost") offered="--prompt --prompt-file --model --type --aspect-ratio --style --output-format --web-search --user-id --param --ref --image-ref --image-ref.url --image-ref.data --image-ref.media-type --image-ref.generation-id --image-ref.file-id --source --source.url --source.data --source.media-type --source.generation-id --source.file-id --layering --layering.resolution --duration --resolution --hdr --exr --loop --start-frame --end-frame --guide-frame --keyframe --strength --auto-controls --video --video.duration --video.resolution --video.hdr --video.exr-export --video.loop --video.start-frame --video.end-frame --video.guide-frame --video.edit --video.source-position --video.keyframes --video.keyframe-indexes --input" ;;
    esac
    if [[ $current == -* ]]; then
        offered="$offered --auth-token --base-url --format --format-error --transform --transform-error --raw-output --profile --quiet --verbose --debug --no-color --request-timeout --max-retries --version --help"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
    if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -o filenames -F _luma_agents_cli luma-agents-cli luma
