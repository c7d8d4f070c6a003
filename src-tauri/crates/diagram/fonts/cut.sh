#!/bin/sh
# Cuts the bundled fonts from their npm packages. Run from an empty folder that has fonttools and brotli for Python:
#   python3 -m venv tools && tools/bin/pip install fonttools==4.68.0 brotli==1.2.1
#   npm pack inter-ui@4.1.1 jetbrains-mono@1.0.6
#   PATH="$PWD/tools/bin:$PATH" sh .../cut.sh OUTPUT
set -eu
out=$1
mkdir -p "$out"

# Latin with its extensions, Greek, Cyrillic, Vietnamese, and the signs that captions and labels use.
everything="U+0020-007E,U+00A0-024F,U+0300-0304,U+0306-030C,U+0370-03FF,U+0400-04FF,U+1E00-1EFF,U+2000-200B,U+2010-2027,U+202F-203A,U+2044,U+2070-209C,U+20AC,U+2116,U+2122,U+2190-2199,U+21A9,U+21AA,U+21B5,U+21E7,U+2212,U+221E,U+2248,U+2260,U+2264,U+2265,U+2303,U+2318,U+2325,U+232B,U+23CE,U+25A0,U+25A1,U+25AA,U+25B2,U+25B4,U+25B8,U+25BC,U+25BE,U+25C0,U+25C2,U+25CB,U+25CC,U+25CF,U+2713,U+2715,U+2717,U+FFFD"
# What a diagram of ordinary names needs: embedded in SVG files, where every kilobyte counts.
latin="U+0020-007E,U+00A0-00FF,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2022,U+2026,U+2190-2193,U+2212,U+2260,U+2264,U+2265"

for package in inter-ui-4.1.1 jetbrains-mono-1.0.6; do
    mkdir -p "$package" && tar xzf "$package.tgz" -C "$package" --strip-components=1
done

cut_face() { # source, name, features
    fonttools ttLib.woff2 decompress -o source.ttf "$1"
    # Kerning goes, so that a width is the sum of advances in every format and on screen alike;
    # ligatures and contextual forms go, so that "->" in a name stays what it is.
    pyftsubset source.ttf --unicodes="$everything" --layout-features="$3" --no-hinting --desubroutinize \
        --drop-tables+=GPOS,GDEF,BASE,STAT,DSIG,meta,gasp --notdef-outline --no-glyph-names \
        --name-IDs=0,1,2,3,4,5,6,13,14,16,17 --output-file="$out/$2.ttf"
    for part in "$2:*" "$2.latin:$latin"; do
        pyftsubset "$out/$2.ttf" --unicodes="${part#*:}" --layout-features='*' --notdef-outline \
            --name-IDs=0,1,2,13,14,16,17 --flavor=woff2 --output-file="$out/${part%%:*}.woff2"
    done
    rm source.ttf
}
cut_face inter-ui-4.1.1/web/Inter-Regular.woff2 Inter-Regular tnum
cut_face inter-ui-4.1.1/web/Inter-SemiBold.woff2 Inter-SemiBold tnum
cut_face jetbrains-mono-1.0.6/fonts/webfonts/JetBrainsMono-Regular.woff2 JetBrainsMono-Regular ''
