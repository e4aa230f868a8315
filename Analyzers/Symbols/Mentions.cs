using System.Buffers;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Symbols;

/// <summary>
/// Where the names that matter stand in a file: found by one look over its characters, before anything is bound. A name in a comment or a string
/// counts, too: it only costs a second look.
/// </summary>
internal sealed class Mentions
{
    private const int ChunkLength = 16 * 1024;

    private readonly List<int> _positions = [];
    private readonly List<int> _lambdas = [];
    private readonly List<int> _owning = [];
    private bool _renames;

    private Mentions()
    {
    }

    /// <summary>Whether the file speaks of one of the <c>remarkable</c> names, which concern the whole compilation.</summary>
    public HashSet<string> Remarkable { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it gives names of its own to what it mentions, for the whole compilation.</summary>
    public bool RenamesForAll { get; private set; }

    /// <param name="text">The file.</param>
    /// <param name="names">The names to look for.</param>
    /// <param name="remarkable">Those that are kept in <see cref="Remarkable"/>.</param>
    /// <param name="owning">Those that say that the type around them may own something.</param>
    /// <param name="owned">Those of them that say nothing else.</param>
    public static Mentions In(SourceText text, NameSet names, ISet<string> remarkable, ISet<string> owning, ISet<string> owned)
    {
        var mentions = new Mentions();
        new Reader(text, names, remarkable, owning, owned, mentions).Read();
        mentions.RenamesForAll &= mentions._positions.Count > 0;
        return mentions;
    }

    /// <summary>Whether a name stands within the span; or a lambda, where these are asked for, as their parameters can have types that they do not name.</summary>
    public bool Within(TextSpan span, bool countsLambdas) =>
        (_renames && _positions.Count > 0) || AnyWithin(_positions, span) || (countsLambdas && AnyWithin(_lambdas, span));

    /// <summary>Whether the file has any name that says that what is around it may own something.</summary>
    public bool MayOwn => _owning.Count > 0;

    /// <summary>Whether such a name stands within the span.</summary>
    public bool MayOwnWithin(TextSpan span) => AnyWithin(_owning, span);

    private static bool AnyWithin(List<int> positions, TextSpan span)
    {
        int first = positions.BinarySearch(span.Start);
        first = first < 0 ? ~first : first;
        return first < positions.Count && positions[first] < span.End;
    }

    private sealed class Reader(SourceText text, NameSet names, ISet<string> remarkable, ISet<string> owning, ISet<string> owned, Mentions mentions)
    {
        private bool _afterGlobal;
        private bool _isGlobal;
        private int _wordsSinceUsing;
        private int _newAt = -1;

        public void Read()
        {
            char[] chunk = ArrayPool<char>.Shared.Rent(ChunkLength);
            int start = 0;
            int length = 0;
            int hash = 0;
            char previous = '\0';
            char beforeThat = '\0';
            for (int at = 0; at < text.Length; at += ChunkLength)
            {
                int count = Math.Min(ChunkLength, text.Length - at);
                text.CopyTo(at, chunk, 0, count);
                for (int i = 0; i < count; i++)
                {
                    char letter = chunk[i];
                    if (letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' or (>= '0' and <= '9') || (letter >= 128 && char.IsLetterOrDigit(letter)))
                    {
                        if (length == 0)
                        {
                            start = at + i;
                            if (previous == '&' && beforeThat != '&')
                            {
                                // An address is taken.
                                mentions._positions.Add(start);
                            }
                        }

                        hash = NameSet.Hash(hash, letter);
                        length++;
                        continue;
                    }

                    if (length > 0)
                    {
                        End(start, length, hash);
                        length = 0;
                        hash = 0;
                    }

                    if (letter > ' ')
                    {
                        Mark(letter, previous, at + i);
                    }

                    (beforeThat, previous) = (previous, letter);
                }
            }

            ArrayPool<char>.Shared.Return(chunk);
            if (length > 0)
            {
                End(start, length, hash);
            }
        }

        private void End(int start, int length, int hash)
        {
            string word = names.Find(text, start, length, hash) ?? string.Empty;
            _newAt = -1;
            switch (word)
            {
                case "":
                case "global":
                case "using":
                    break;
                case "new":
                    // A creation names its type, or is one of a type that stands elsewhere.
                    _newAt = start;
                    break;
                case var _ when owned.Contains(word):
                    mentions._owning.Add(start);
                    break;
                default:
                    mentions._positions.Add(start);
                    if (owning.Contains(word))
                    {
                        mentions._owning.Add(start);
                    }

                    if (remarkable.Contains(word))
                    {
                        mentions.Remarkable.Add(word);
                    }

                    break;
            }

            // using Name =
            _isGlobal = word == "using" ? _afterGlobal : _isGlobal;
            _wordsSinceUsing = word == "using" ? 1 : _wordsSinceUsing == 0 ? 0 : _wordsSinceUsing + 1;
            _afterGlobal = word == "global";
        }

        private void Mark(char mark, char previous, int at)
        {
            if (_newAt >= 0)
            {
                if (mark == '(')
                {
                    mentions._positions.Add(_newAt);
                }

                _newAt = -1;
            }

            if (mark == '>' && previous == '=')
            {
                mentions._lambdas.Add(at);
            }

            if (mark == '=' && _wordsSinceUsing == 2)
            {
                mentions._renames = true;
                mentions.RenamesForAll |= _isGlobal;
            }

            _wordsSinceUsing = 0;
            _afterGlobal = false;
        }
    }
}
