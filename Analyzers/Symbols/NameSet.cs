using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Symbols;

/// <summary>A set of names that words of a text are looked up in by a hash that is computed while the text is read.</summary>
internal sealed class NameSet
{
    private readonly string[]?[] _buckets;

    public NameSet(IEnumerable<string> names)
    {
        List<string> distinct = [.. new HashSet<string>(names, StringComparer.Ordinal)];
        int size = 16;
        while (size < distinct.Count * 4)
        {
            size *= 2;
        }

        _buckets = new string[]?[size];
        foreach (string name in distinct)
        {
            int hash = 0;
            foreach (char letter in name)
            {
                hash = Hash(hash, letter);
            }

            ref string[]? bucket = ref _buckets[hash & (size - 1)];
            bucket = [.. bucket ?? [], name];
        }
    }

    /// <summary>The hash of a word and one more letter; that of no letters is zero.</summary>
    public static int Hash(int hash, char letter) => unchecked((hash * 31) + letter);

    /// <summary>The name that stands in the text, or null where it is none of the set.</summary>
    public string? Find(SourceText text, int start, int length, int hash)
    {
        foreach (string name in _buckets[hash & (_buckets.Length - 1)] ?? [])
        {
            if (name.Length == length && Matches(name, text, start))
            {
                return name;
            }
        }

        return null;
    }

    private static bool Matches(string name, SourceText text, int start)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != text[start + i])
            {
                return false;
            }
        }

        return true;
    }
}
