#!/bin/sh
# The product's main job, without an API key: `make demo` runs this with the folder of the programs.
set -eu
PATH="$(cd "$1" && pwd):$PATH"
export PATH
mkdir -p demo

# The reference.
python - <<'SCRIPT'
from PIL import Image, ImageDraw

image = Image.new("RGB", (640, 480), "#2a6f5e")
pen = ImageDraw.Draw(image)
pen.polygon([(320, 60), (560, 420), (80, 420)], fill="#f28c28")
pen.ellipse((270, 210, 370, 310), fill="#fff4dc")
image.save("demo/reference.jpg")
SCRIPT

echo "\$ luma-agents-cli generations create --prompt 'a red fox in the snow' --ref demo/reference.jpg --wait -o demo/fox.png"
luma-agents-cli sandbox exec -- luma-agents-cli generations create \
  --prompt 'a red fox in the snow' --ref demo/reference.jpg --wait -o demo/fox.png --overwrite
echo "The image is at $(pwd)/demo/fox.png"
