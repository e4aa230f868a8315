using System.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Two texts line by line: <c>-</c> is expected and not there, <c>+</c> is there and not expected.</summary>
internal static class LineDiff
{
    public static string Print(string expected, string actual)
    {
        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        int[,] common = CommonSuffixLengths(left, right);
        StringBuilder output = new();
        int l = 0, r = 0;
        while (l < left.Length || r < right.Length)
        {
            if (l < left.Length && r < right.Length && left[l] == right[r])
            {
                Append(output, ' ', left[l++]);
                r++;
            }
            else if (l < left.Length && (r == right.Length || common[l + 1, r] >= common[l, r + 1]))
            {
                Append(output, '-', left[l++]);
            }
            else
            {
                Append(output, '+', right[r++]);
            }
        }

        return output.ToString();
    }

    private static int[,] CommonSuffixLengths(string[] left, string[] right)
    {
        int[,] lengths = new int[left.Length + 1, right.Length + 1];
        for (int l = left.Length - 1; l >= 0; l--)
        {
            for (int r = right.Length - 1; r >= 0; r--)
                lengths[l, r] = left[l] == right[r] ? lengths[l + 1, r + 1] + 1 : Math.Max(lengths[l + 1, r], lengths[l, r + 1]);
        }

        return lengths;
    }

    private static void Append(StringBuilder output, char mark, string line) =>
        output.Append(mark).Append(' ').Append(line.Replace("\r", "␍", StringComparison.Ordinal)).Append('\n');
}
